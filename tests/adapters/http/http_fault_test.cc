// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/http/http_test_side.h"

// Peers that break what they began.
namespace sublet {
namespace {

// What comes of an answer after which the connection ends.
HttpResponse answer_to(const std::string& bytes, const std::string& method = "GET") {
  const HttpPeer peer(answering_once(bytes));
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.method = method;
  HttpResponse response = send(*transport, std::move(request));
  CHECK(response.sent);
  CHECK(response.message.empty() == (response.failure == HttpFailure::kNone));
  CHECK(peer.requests() == 1);
  return response;
}

HttpFailure failure_of(const std::string& bytes) { return answer_to(bytes).failure; }

const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("http: status lines that are none") {
  CHECK(failure_of("hello there, this is no HTTP at all\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/1.1 abc OK\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/1.1 2000 OK\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/1.1 20 OK\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/1.1 099 OK\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/7.1 200 OK\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("SSH-2.0-OpenSSH_9.2\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes") ==
        HttpFailure::kProtocol);
}

TEST_CASE("http: headers that are none") {
  const std::string begin = "HTTP/1.1 200 OK\r\n", end = "\r\nContent-Length: 0\r\n\r\n";
  CHECK(failure_of(begin + "no colon" + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + "Na me: x" + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + ": x" + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + " folds: nothing" + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + "A: b\rc" + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + std::string("A: b\0c", 6) + end) == HttpFailure::kProtocol);
  CHECK(failure_of(begin + "Content-Length: -1\r\n\r\n") != HttpFailure::kNone);
}

TEST_CASE("http: connections that end too early") {
  CHECK(failure_of("") == HttpFailure::kBroken);
  CHECK(failure_of("HTTP/1.1 200 OK\r\nContent-Le") == HttpFailure::kBroken);
  const HttpResponse cut = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  CHECK(cut.failure == HttpFailure::kBroken);
  CHECK(cut.status == 200);
  CHECK(failure_of(kChunked) == HttpFailure::kBroken);
  CHECK(failure_of(kChunked + "5\r\nab") == HttpFailure::kBroken);
  CHECK(failure_of(kChunked + "5\r\nabcde\r\n") == HttpFailure::kBroken);
}

TEST_CASE("http: a reset in the midst of a body") {
  const HttpPeer peer([](PeerConnection& connection) {
    (void)connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart");
    connection.reset();
  });
  const auto transport = open_transport();
  const HttpResponse response = send(*transport, request_to(peer));
  CHECK(response.failure == HttpFailure::kBroken);
  CHECK(response.sent);
}

TEST_CASE("http: chunks that are none") {
  CHECK(failure_of(kChunked + "zz\r\nabc\r\n0\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of(kChunked + "-1\r\nabc\r\n0\r\n\r\n") == HttpFailure::kProtocol);
  CHECK(failure_of(kChunked + "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n") != HttpFailure::kNone);
  CHECK(failure_of(kChunked + "2\r\nabcdef\r\n0\r\n\r\n") == HttpFailure::kProtocol);
}

TEST_CASE("http: compressed bodies that are none") {
  for (const std::string encoding : {"gzip", "deflate", "br", "gzip, br", "unheard-of"}) {
    CHECK(failure_of("HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
                     "\r\nContent-Length: 9\r\n\r\nno, plain") == HttpFailure::kProtocol);
  }
}

TEST_CASE("http: a status that has no body has none, whatever follows") {
  for (const std::string status : {"204", "304"}) {
    const HttpResponse response =
        answer_to("HTTP/1.1 " + status + " X\r\nContent-Length: 4\r\n\r\nbody");
    CHECK(response.failure == HttpFailure::kNone);
    CHECK(response.status == std::stoi(status));
    CHECK(response.body.empty());
  }
  const HttpResponse head = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "HEAD");
  CHECK(head.failure == HttpFailure::kNone);
  CHECK(head.body.empty());
}

TEST_CASE("http: bytes after an answer are no answer to the next request") {
  const HttpPeer peer([](PeerConnection& connection) {
    while (!connection.read_request().empty()) {
      connection.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse");
    }
  });
  const auto transport = open_transport();
  for (int i = 0; i < 5; ++i) CHECK(send(*transport, request_to(peer)).body == "true");
}

TEST_CASE("http: a connection that ended while it was idle is not used") {
  HttpPeer peer([](PeerConnection& connection) {
    if (connection.read_request().empty()) return;
    connection.write_answer("only one");
  });
  const auto transport = open_transport();
  for (int i = 0; i < 20; ++i) {
    HttpRequest request = request_to(peer);
    request.method = "POST";
    const HttpResponse response = send(*transport, std::move(request));
    CHECK(response.failure == HttpFailure::kNone);
    CHECK(response.body == "only one");
    peer.wait_until_closed(i + 1);
  }
  CHECK(peer.requests() == 20);
}

TEST_CASE("http: only what may be done twice is sent again where a used connection ends") {
  // It ends each connection at its second request, without an answer.
  const HttpPeer peer([](PeerConnection& connection) {
    (void)connection.read_request();
    connection.write_answer("first");
    (void)connection.read_request();
  });
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  CHECK(send(*transport, request).body == "first");
  request.method = "POST";
  request.body = std::make_shared<const std::string>("body");
  const HttpResponse post = send(*transport, request);
  CHECK(post.failure == HttpFailure::kBroken);
  CHECK(post.sent);
  CHECK(peer.requests() == 2);

  CHECK(send(*transport, request).body == "first");
  request.method = "PUT";
  CHECK(send(*transport, request).body == "first");
  CHECK(peer.requests() == 5);
}

TEST_CASE("http: an answer before the whole request was read") {
  const HttpPeer peer([](PeerConnection& connection) {
    connection.write("HTTP/1.1 413 Too large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    connection.wait_closed();
  });
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.method = "POST";
  request.body = std::make_shared<const std::string>(20'000'000, 'b');
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.status == 413);
  CHECK(response.body == "no");
}

}  // namespace sublet
