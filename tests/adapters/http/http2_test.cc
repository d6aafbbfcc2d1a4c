// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/http/http2_server.h"
#include "adapters/http/http_test_side.h"

namespace sublet {
namespace {

using test::Authority;
using test::Http2Server;

const Authority& the_authority() {
  static const Authority authority;
  return authority;
}

std::string frame(char type, char flags, char stream, const std::string& payload) {
  const char head[] = {0, 0, static_cast<char>(payload.size()), type, flags, 0, 0, 0, stream};
  return std::string(head, sizeof head) + payload;
}

// Says this after the headers of each request on stream 1 have come.
HttpPeer::Program saying(std::string bytes) {
  return [bytes = std::move(bytes)](PeerConnection& connection) {
    constexpr std::size_t kPreface = 24, kHead = 9;
    constexpr char kHeaders = 1, kSettings = 4;
    connection.write(frame(kSettings, 0, 0, ""));
    (void)connection.read_bytes(kPreface);
    for (std::string head; (head = connection.read_bytes(kHead)).size() == kHead;) {
      const auto size =
          static_cast<unsigned char>(head[1]) * 256u + static_cast<unsigned char>(head[2]);
      (void)connection.read_bytes(size);
      if (head[3] == kHeaders) connection.write(bytes);
    }
  };
}

HttpResponse answer_to(const std::string& bytes) {
  const TemporaryFile file(the_authority().certificate());
  const HttpPeer peer({.identity = the_authority().issue("peer.test"), .http2 = true},
                      saying(bytes));
  const auto transport = open_transport({.ca_file = file.path()});
  return send(*transport, request_to(peer));
}

const std::string kStatus200(1, '\x88');  // as HPACK has it

}  // namespace

TEST_CASE("http2: a server of another make") {
  if (!Http2Server::is_installed()) {
    MESSAGE("skipped: nghttpd is not installed (nghttp2-server)");
    return;
  }
  const TemporaryFile file(the_authority().certificate());
  const Http2Server server(the_authority().issue("peer.test"));
  HttpRequest request;
  request.url = "https://peer.test:" + std::to_string(server.port()) + "/hello";
  request.addresses = {"127.0.0.1"};
  const auto transport = open_transport({.ca_file = file.path()});
  const HttpResponse first = send(*transport, request);
  CHECK(first.failure == HttpFailure::kNone);
  CHECK(first.version == "2");
  CHECK(first.status == 200);
  CHECK(first.body == "hello over HTTP/2");
  CHECK(send(*transport, request).reused);

  request.method = "POST";
  request.body = std::make_shared<const std::string>(1'000'000, 'b');
  std::vector<HttpAnswer> answers(32);
  for (HttpAnswer& answer : answers) transport->send(request, answer.callback());
  for (HttpAnswer& answer : answers) CHECK((answer.get().body == *request.body));

  const auto old = open_transport({.ca_file = file.path(), .http2 = false});
  request.method = "GET";
  request.body = nullptr;
  CHECK(send(*old, request).version != "2");
}

TEST_CASE("http2: an answer from a peer that speaks frames") {
  const HttpResponse response = answer_to(frame(1, 5, 1, kStatus200));
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(response.version == "2");
  CHECK(response.status == 200);
}

TEST_CASE("http2: streams that are reset, before and in the midst of an answer") {
  const std::string reset = frame(3, 0, 1, std::string("\0\0\0\2", 4));
  const HttpResponse before = answer_to(reset);
  CHECK(before.failure == HttpFailure::kBroken);
  CHECK(before.sent);
  const HttpResponse midst = answer_to(frame(1, 4, 1, kStatus200) + frame(0, 0, 1, "part") + reset);
  CHECK(midst.failure == HttpFailure::kBroken);
}

TEST_CASE("http2: a connection that says good-bye, and frames that are none") {
  const std::string good_bye = frame(7, 0, 0, std::string("\0\0\0\0\0\0\0\2", 8));
  CHECK(answer_to(good_bye).failure != HttpFailure::kNone);
  CHECK(answer_to(frame(1, 5, 1, "\xff\xff\xff\xff\xff\xff")).failure != HttpFailure::kNone);
  CHECK(answer_to(std::string(200, '\xff')).failure != HttpFailure::kNone);
}

}  // namespace sublet
