// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/http/http_test_side.h"

// Certificates: only the right one will do.
namespace sublet {
namespace {

using test::Authority;

const Authority& the_authority() {
  static const Authority authority;
  return authority;
}

// What a peer with this certificate gets from a transport that trusts the authority.
HttpResponse with(HttpPeer::Options options, const std::string& host = "peer.test") {
  const HttpPeer peer(std::move(options), echo);
  const TemporaryFile file(the_authority().certificate());
  const auto transport = open_transport({.ca_file = file.path()});
  HttpRequest request = request_to(peer);
  request.url = peer.url(host);
  HttpResponse response = send(*transport, std::move(request));
  CHECK(peer.requests() == (response.failure == HttpFailure::kNone ? 1 : 0));
  return response;
}

}  // namespace

TEST_CASE("http: TLS with a good certificate") {
  const HttpResponse named = with({.identity = the_authority().issue("peer.test")});
  CHECK(named.failure == HttpFailure::kNone);
  CHECK(named.timing.secured >= named.timing.connected);
  CHECK(named.timing.secured.count() > 0);
  CHECK(with({.identity = the_authority().issue("peer.test")}, "127.0.0.1").failure ==
        HttpFailure::kNone);
  CHECK(with({.identity = the_authority().issue("*.peer.test")}, "a.peer.test").failure ==
        HttpFailure::kNone);
}

TEST_CASE("http: TLS with a certificate that is wrong") {
  const auto expect_refused = [](HttpPeer::Options options, const std::string& host) {
    const HttpResponse response = with(std::move(options), host);
    CHECK(response.failure == HttpFailure::kTls);
    CHECK_FALSE(response.sent);
    CHECK_FALSE(response.message.empty());
  };
  expect_refused({.identity = the_authority().issue("other.test")}, "peer.test");
  expect_refused({.identity = the_authority().issue("peer.test", -10, -1)}, "peer.test");
  expect_refused({.identity = the_authority().issue("peer.test", 1, 10)}, "peer.test");
  expect_refused({.identity = test::self_signed("peer.test")}, "peer.test");
  expect_refused({.identity = Authority().issue("peer.test")}, "peer.test");
  expect_refused({.identity = the_authority().issue("peer.test", -1, 1, false)}, "127.0.0.1");
  expect_refused({.identity = the_authority().issue("*.peer.test")}, "a.b.peer.test");
}

TEST_CASE("http: TLS that is too old") {
  CHECK(with({.identity = the_authority().issue("peer.test"), .only_tls_1_1 = true}).failure ==
        HttpFailure::kTls);
}

TEST_CASE("http: the system's authorities do not know the test's") {
  const HttpPeer peer({.identity = the_authority().issue("peer.test")}, echo);
  CHECK(send(*open_transport(), request_to(peer)).failure == HttpFailure::kTls);
}

TEST_CASE("http: TLS to a peer that speaks none") {
  const HttpPeer peer([](PeerConnection& connection) {
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_closed();
  });
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.url = "https" + request.url.substr(4);
  CHECK(send(*transport, std::move(request)).failure == HttpFailure::kTls);
  CHECK(peer.requests() == 0);
}

}  // namespace sublet
