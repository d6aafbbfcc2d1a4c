// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <stdexcept>

#include "adapters/http/http_test_side.h"

// Where requests may go.
namespace sublet {
namespace {

constexpr auto kRefused = HttpFailure::kAddressRefused;

}  // namespace

TEST_CASE("http: names are never looked up") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.addresses.clear();
  for (const std::string host :
       {"localhost", "peer.test", "127.0.0.1", "ip6-localhost", "2130706433"}) {
    request.url = peer.url(host);
    const HttpResponse response = send(*transport, request);
    CHECK(response.failure == kRefused);
    CHECK_FALSE(response.message.empty());
    CHECK_FALSE(response.sent);
  }
  for (const std::string address : {"localhost", "", "127.1", "127.0.0.1,127.0.0.2"}) {
    request.addresses = {address};
    CHECK(send(*transport, request).failure == kRefused);
  }
  CHECK(peer.connections() == 0);
}

TEST_CASE("http: the URL's host says nothing about where the connection goes") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  for (const std::string host : {"192.0.2.1", "example.com", "localhost", "[2001:db8::1]"}) {
    HttpRequest request = request_to(peer);
    request.url = peer.url(host);
    const HttpResponse response = send(*transport, std::move(request));
    CHECK(response.failure == HttpFailure::kNone);
    CHECK(response.address == "127.0.0.1");
    CHECK(response.body.find("Host: " + host + ":") != std::string::npos);
  }
}

TEST_CASE("http: permits is asked before a connection is made") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  std::vector<std::string> asked;
  request.permits = [&](std::string_view address, std::uint16_t port) {
    asked.push_back(std::string(address) + " " + std::to_string(port));
    return false;
  };
  request.addresses = {"127.0.0.1", "127.0.0.3"};
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == kRefused);
  CHECK(response.message == "no address of peer.test may be used");
  CHECK_FALSE(response.sent);
  CHECK(peer.connections() == 0);
  const std::string port = " " + std::to_string(peer.port());
  CHECK(asked == std::vector<std::string>{"127.0.0.1" + port, "127.0.0.3" + port});
}

TEST_CASE("http: an address that is not permitted is passed over") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.addresses = {"127.0.0.9", "127.0.0.1"};
  request.permits = [](std::string_view address, std::uint16_t) { return address == "127.0.0.1"; };
  CHECK(send(*transport, request).failure == HttpFailure::kNone);
  // The permitted one does not answer: that is no refusal.
  request.pool = "another";
  request.permits = [](std::string_view address, std::uint16_t) { return address == "127.0.0.9"; };
  CHECK(send(*transport, request).failure != kRefused);
}

TEST_CASE("http: permits is asked for a connection that is used again") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  std::atomic<bool> may{true};
  HttpRequest request = request_to(peer);
  request.permits = [&](std::string_view, std::uint16_t) { return may.load(); };
  CHECK(send(*transport, request).failure == HttpFailure::kNone);
  CHECK(send(*transport, request).reused);
  CHECK(peer.requests() == 2);
  may = false;
  const HttpResponse refused = send(*transport, request);
  CHECK(refused.failure == kRefused);
  CHECK_FALSE(refused.sent);
  CHECK(peer.requests() == 2);
  CHECK(peer.connections() == 1);
}

TEST_CASE("http: permits that throws says no") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.permits = [](std::string_view, std::uint16_t) -> bool { throw std::runtime_error("x"); };
  CHECK(send(*transport, request).failure == kRefused);
  int calls = 0;
  request.permits = [&](std::string_view, std::uint16_t) -> bool {
    if (++calls > 1) throw 7;
    return true;
  };
  CHECK(send(*transport, request).failure == kRefused);
  CHECK(peer.requests() == 0);
}

}  // namespace sublet
