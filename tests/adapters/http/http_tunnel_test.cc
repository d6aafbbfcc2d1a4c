// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/http/http_test_side.h"

// Through a forward proxy.
namespace sublet {
namespace {

// A proxy that answers for the target itself.
void proxy(PeerConnection& connection) {
  const std::string request = connection.read_request();
  connection.write("HTTP/1.1 200 Go on\r\nProxy-Secret: x\r\n\r\n");
  const std::string number = std::to_string(connection.number());
  while (!connection.read_request().empty()) {
    connection.write_answer(number + " " + request.substr(0, request.find('\r')));
  }
}

}  // namespace

TEST_CASE("http: a tunnel goes to the address that was granted, by number") {
  const HttpPeer peer(proxy);
  const auto transport = open_transport({.proxy = peer.url("127.0.0.1", "")});
  HttpRequest request = request_to(peer);
  request.url = "http://peer.test:8080/";
  request.addresses = {"192.0.2.1", "2001:db8::1"};
  std::vector<std::string> asked;
  request.permits = [&](std::string_view address, std::uint16_t port) {
    asked.push_back(std::string(address) + " " + std::to_string(port));
    return address != "192.0.2.1";
  };
  const HttpResponse response = send(*transport, request);
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.body == "1 CONNECT [2001:db8::1]:8080 HTTP/1.1");
  CHECK(response.address == "2001:db8::1");
  CHECK(header_of(response, "Proxy-Secret") == "(none)");
  REQUIRE(asked.size() >= 2);
  CHECK(asked[0] == "192.0.2.1 8080");
  CHECK(asked[1] == "2001:db8::1 8080");

  request.permits = [](std::string_view, std::uint16_t) { return false; };
  CHECK(send(*transport, request).failure == HttpFailure::kAddressRefused);
}

TEST_CASE("http: tunnels of different pools are apart") {
  const HttpPeer peer(proxy);
  const auto transport = open_transport({.proxy = peer.url("127.0.0.1", "")});
  HttpRequest request = request_to(peer);
  request.url = "http://peer.test:8080/";
  request.addresses = {"192.0.2.1"};
  for (int i = 0; i < 2; ++i) {
    request.pool = "a";
    CHECK(send(*transport, request).body.starts_with("1 "));
    request.pool = "b";
    CHECK(send(*transport, request).body.starts_with("2 "));
  }
}

TEST_CASE("http: a proxy that refuses is a connection that is not to be had") {
  const HttpPeer peer(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  const auto transport = open_transport({.proxy = peer.url("127.0.0.1", "")});
  const HttpResponse response = send(*transport, request_to(peer));
  CHECK(response.failure == HttpFailure::kConnect);
  CHECK_FALSE(response.sent);
  CHECK(response.status == 0);
}

}  // namespace sublet
