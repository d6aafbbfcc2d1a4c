// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/http/http_test_side.h"

// What is sent, and what comes back from peers that behave.
namespace sublet {

TEST_CASE("http: an answer with its status, headers, body and figures") {
  const HttpPeer peer(
      answering("HTTP/1.1 404 Nothing here\r\nB-Two: 2\r\na-one:  1 \r\nB-Two:\r\n"
                "Content-Length: 5\r\n\r\nhello"));
  const auto transport = open_transport();
  const HttpResponse response = send(*transport, request_to(peer));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.message.empty());
  CHECK(response.status == 404);
  CHECK(response.version == "1.1");
  const std::vector<HttpHeader> headers = {
      {"B-Two", "2"}, {"a-one", "1"}, {"B-Two", ""}, {"Content-Length", "5"}};
  CHECK(response.headers == headers);
  CHECK(response.body == "hello");
  CHECK(response.sent);
  CHECK_FALSE(response.reused);
  CHECK(response.address == "127.0.0.1");
  CHECK(response.timing.connected.count() > 0);
  CHECK(response.timing.secured.count() == 0);
  CHECK(response.timing.first_byte >= response.timing.connected);
  CHECK(response.timing.total >= response.timing.first_byte);
}

TEST_CASE("http: the transport adds nothing but what the protocol needs") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer, "/a/../b//c?d=%20&e");
  request.headers = {{"X-B", "2"}, {"x-a", "1"}, {"X-B", ""}};
  const HttpResponse response = send(*transport, std::move(request));
  const std::string port = std::to_string(peer.port());
  const std::string expected = "GET /a/../b//c?d=%20&e HTTP/1.1\r\nHost: peer.test:" + port +
                               "\r\nAccept-Encoding: gzip, deflate, br\r\n"
                               "X-B: 2\r\nx-a: 1\r\nX-B:\r\n\r\n";
  CHECK(response.body == expected);
  CHECK(response.bytes_sent == expected.size());
  CHECK(response.bytes_received > expected.size());
}

TEST_CASE("http: bodies of every size arrive whole, with every method") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "GET", "PURGE"}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3'000'000}}) {
      HttpRequest request = request_to(peer);
      request.method = method;
      request.body = std::make_shared<const std::string>(size, 'b');
      const HttpResponse response = send(*transport, std::move(request));
      REQUIRE(response.failure == HttpFailure::kNone);
      CHECK(response.body.starts_with(method + " / HTTP/1.1\r\n"));
      const std::size_t end = response.body.find("\r\n\r\n");
      REQUIRE(end != std::string::npos);
      CHECK(response.body.size() == end + 4 + size);
      const std::string head = response.body.substr(0, end + 2);
      CHECK(head.find("Content-Length: " + std::to_string(size) + "\r\n") != std::string::npos);
      CHECK(head.find("Expect") == std::string::npos);
      CHECK(head.find("Content-Type") == std::string::npos);
      CHECK(response.bytes_sent == response.body.size());
    }
  }
}

TEST_CASE("http: a POST without a body says so, a GET and a HEAD say nothing") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.method = "POST";
  CHECK(send(*transport, request).body.find("Content-Length: 0\r\n") != std::string::npos);
  request.method = "GET";
  CHECK(send(*transport, request).body.find("Content-Length") == std::string::npos);
  request.method = "HEAD";
  const HttpResponse head = send(*transport, request);
  CHECK(head.failure == HttpFailure::kNone);
  CHECK(head.body.empty());
}

TEST_CASE("http: redirects are answers, and cookies are not kept") {
  const HttpPeer peer([](PeerConnection& connection) {
    while (true) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      const bool has_cookie = request.find("ookie") != std::string::npos;
      connection.write(std::string("HTTP/1.1 302 Found\r\nLocation: /") +
                       (has_cookie ? "kept" : "elsewhere") +
                       "\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const auto transport = open_transport();
  for (int i = 0; i < 3; ++i) {
    const HttpResponse response = send(*transport, request_to(peer));
    CHECK(response.status == 302);
    CHECK(header_of(response, "Location") == "/elsewhere");
  }
  CHECK(peer.requests() == 3);
}

TEST_CASE("http: 1xx and trailers are dropped, and folded headers joined") {
  const HttpPeer peer(
      answering("HTTP/1.1 100 Continue\r\nA: 0\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                "HTTP/1.1 200 OK\r\nA: 1\r\n  and 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: 3\r\nSet-Cookie: t\r\n\r\n"));
  const auto transport = open_transport();
  for (int i = 0; i < 2; ++i) {
    const HttpResponse response = send(*transport, request_to(peer));
    CHECK(response.status == 200);
    CHECK(response.body == "abcde");
    const std::vector<HttpHeader> headers = {{"A", "1 and 2"}, {"Transfer-Encoding", "chunked"}};
    CHECK(response.headers == headers);
  }
  CHECK(peer.connections() == 1);
}

TEST_CASE("http: a body that ends with the connection") {
  const HttpPeer peer(answering_once("HTTP/1.0 200 OK\r\n\r\nall of it"));
  const auto transport = open_transport();
  const HttpResponse response = send(*transport, request_to(peer));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.version == "1.0");
  CHECK(response.body == "all of it");
}

TEST_CASE("http: on_body gets the body in pieces, in order") {
  const std::string body(500'000, 'x');
  const HttpPeer peer([&](PeerConnection& connection) {
    while (!connection.read_request().empty()) connection.write_answer(body);
  });
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  const auto pieces = std::make_shared<std::vector<std::string>>();
  request.on_body = [pieces](std::string_view piece) {
    pieces->emplace_back(piece);
    return true;
  };
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.body.empty());
  CHECK(pieces->size() > 1);
  std::string joined;
  for (const std::string& piece : *pieces) joined += piece;
  CHECK((joined == body));
}

TEST_CASE("http: IPv6") {
  std::unique_ptr<HttpPeer> peer;
  try {
    peer = std::make_unique<HttpPeer>(HttpPeer::Options{.identity = {}, .ipv6 = true}, echo);
  } catch (const std::exception&) {
    MESSAGE("skipped: this machine has no IPv6 on loopback");
    return;
  }
  const auto transport = open_transport();
  HttpRequest request = request_to(*peer);
  request.addresses = {"0:0:0:0:0:0:0:1"};
  const HttpResponse named = send(*transport, request);
  CHECK(named.failure == HttpFailure::kNone);
  CHECK(named.address == "::1");
  request.url = peer->url("[::1]");
  const HttpResponse numeric = send(*transport, request);
  CHECK(numeric.failure == HttpFailure::kNone);
  CHECK(numeric.body.find("Host: [::1]:") != std::string::npos);
}

TEST_CASE("http: the next address is tried where one refuses connections") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.addresses = {"127.0.0.2", "127.0.0.1"};
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.address == "127.0.0.1");
}

}  // namespace sublet
