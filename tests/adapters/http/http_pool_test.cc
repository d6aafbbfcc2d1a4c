// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <future>

#include "adapters/http/http_test_side.h"

// Which connections are used again.
namespace sublet {
namespace {

// It answers with the number of the connection.
void number(PeerConnection& connection) {
  while (!connection.read_request().empty()) {
    connection.write_answer(std::to_string(connection.number()));
  }
}

HttpRequest in_pool(const HttpPeer& peer, const std::string& pool) {
  HttpRequest request = request_to(peer);
  request.pool = pool;
  return request;
}

}  // namespace

TEST_CASE("http: a connection is used again in its pool, and in no other") {
  const HttpPeer peer(number);
  const auto transport = open_transport();
  CHECK(send(*transport, in_pool(peer, "a")).body == "1");
  CHECK(send(*transport, in_pool(peer, "b")).body == "2");
  CHECK(send(*transport, in_pool(peer, "")).body == "3");
  for (int i = 0; i < 3; ++i) {
    CHECK(send(*transport, in_pool(peer, "b")).body == "2");
    const HttpResponse again = send(*transport, in_pool(peer, "a"));
    CHECK(again.body == "1");
    CHECK(again.reused);
    CHECK(again.timing.connected.count() == 0);
    CHECK(send(*transport, in_pool(peer, "")).body == "3");
  }
}

TEST_CASE("http: pools are apart over TLS, too") {
  const test::Authority authority;
  const TemporaryFile file(authority.certificate());
  const HttpPeer peer({.identity = authority.issue("peer.test")}, number);
  const auto transport = open_transport({.ca_file = file.path()});
  for (int i = 0; i < 3; ++i) {
    CHECK(send(*transport, in_pool(peer, "a")).body == "1");
    CHECK(send(*transport, in_pool(peer, "b")).body == "2");
  }
}

TEST_CASE("http: hosts and sets of addresses have connections of their own") {
  const HttpPeer peer(number);
  const auto transport = open_transport();
  HttpRequest request = in_pool(peer, "a");
  CHECK(send(*transport, request).body == "1");
  request.addresses = {"127.0.0.1", "127.0.0.2"};
  CHECK(send(*transport, request).body == "2");
  request.addresses = {"127.0.0.2", "127.0.0.1"};
  CHECK(send(*transport, request).body == "2");
}

TEST_CASE("http: no more connections to a host than allowed; the others wait") {
  constexpr int kRequests = 32, kAtOnce = 3;
  const HttpPeer peer(number);
  const auto transport = open_transport({.max_connections_per_host = kAtOnce});
  std::vector<HttpAnswer> answers(kRequests);
  for (HttpAnswer& answer : answers) transport->send(in_pool(peer, "a"), answer.callback());
  for (HttpAnswer& answer : answers) CHECK(answer.get().failure == HttpFailure::kNone);
  CHECK(peer.connections() <= kAtOnce);
  CHECK(peer.requests() == kRequests);
}

TEST_CASE("http: no more connections in total than allowed, over pools that never meet") {
  constexpr int kRequests = 40;
  std::atomic<int> open{0}, most{0};
  const HttpPeer peer([&](PeerConnection& connection) {
    const int now = ++open;
    for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
    }
    number(connection);
    --open;
  });
  const auto transport = open_transport({.max_connections = 2});
  std::vector<HttpAnswer> answers(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    transport->send(in_pool(peer, std::to_string(i % 5)),
                    answers[static_cast<std::size_t>(i)].callback());
  }
  for (HttpAnswer& answer : answers) CHECK(answer.get().failure == HttpFailure::kNone);
  // The peer learns of an end later than it accepts the next.
  CHECK(most <= 2 + kRequests / 2);
  CHECK(peer.requests() == kRequests);
}

TEST_CASE("http: idle connections are closed") {
  std::promise<void> closed;
  const HttpPeer peer([&](PeerConnection& connection) {
    number(connection);
    closed.set_value();
  });
  const auto transport = open_transport({.idle_timeout = std::chrono::seconds(1)});
  CHECK(send(*transport, in_pool(peer, "a")).body == "1");
  closed.get_future().wait();
}

}  // namespace sublet
