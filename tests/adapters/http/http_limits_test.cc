// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <zlib.h>

#include "adapters/http/http_test_side.h"

// Sizes and times.
namespace sublet {
namespace {

using std::chrono::milliseconds;

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// 256 MiB of zeros, as brotli compresses them.
constexpr char kBrotliBytes[] =
    "\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb1\x40\x72\xef\xff\xf9\xff\xff\x0f\x80\x04\x40\x1c\x16"
    "\x80\xee\xfd\x3f\xff\xff\xff\x01\x90\x00\x88\xc3\x02\xd0\xbd\xff\xe7\xff\xff\x3f\x00\x12"
    "\x00\x71\x58\x00\xba\xf7\xff\xfc\xff\xff\x07\x40\x02\x20\x0e\x0b\x40\xf7\xfe\x9f\xff\xff"
    "\xff\x00\x48\x00\xc4\x61\x01\xe8\xde\xff\xf3\xff\xff\x1f\x00\x09\x80\x38\x2c\x00\xdd\xfb"
    "\x7f\xfe\xff\xff\x03\x20\x01\x10\x87\x05\xa0\x7b\xff\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb0"
    "\x00\x74\xef\xff\xf9\xff\xff\x0f\x80\x04\x40\x1c\x16\x80\xee\xfd\x3f\xff\xff\xff\x01\x90"
    "\x00\x88\xc3\x02\xd0\xbd\xff\xe7\xff\xff\x3f\x00\x12\x00\x71\x58\x00\xba\xf7\xff\xfc\xff"
    "\xff\x07\x40\x02\x20\x0e\x0b\x40\xf7\xfe\x9f\xff\xff\xff\x00\x48\x00\xc4\x61\x01\xe8\xde"
    "\xff\xf3\xff\xff\x1f\x00\x09\x80\x38\x2c\x00\xdd\xfb\xff\xfc\xff\xff\x07\x20\x01\x10\x87"
    "\x05\xa0\x7b\xff\x0f";
const std::string kBrotliBomb(kBrotliBytes, sizeof kBrotliBytes - 1);

std::string encoded(const std::string& encoding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// What comes of an answer, with at most so many bytes of a body.
HttpResponse capped(const std::string& bytes, Bytes max_body) {
  const HttpPeer peer(answering(bytes));
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.max_body = max_body;
  return send(*transport, std::move(request));
}

// What comes of a peer with this program, and timeouts of which only some are short.
HttpResponse timed(HttpPeer::Program program, std::function<void(HttpRequest&)> change) {
  const HttpPeer peer(std::move(program));
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  change(request);
  return send(*transport, std::move(request));
}

void say_nothing(PeerConnection& connection) { connection.wait_closed(); }

// One byte, and then another, for ever.
void drip(PeerConnection& connection) {
  while (connection.write("x")) std::this_thread::yield();
}

}  // namespace

TEST_CASE("http: bodies are counted after decompression") {
  const std::string text(100'000, 'z');
  const std::string answer = encoded("gzip", gzip(text));
  REQUIRE(answer.size() < 1000);
  const HttpResponse whole = capped(answer, Bytes{100'000});
  CHECK(whole.failure == HttpFailure::kNone);
  CHECK((whole.body == text));
  CHECK(whole.bytes_received == answer.size());
  CHECK(capped(answer, Bytes{99'999}).failure == HttpFailure::kBodyTooLarge);
}

TEST_CASE("http: a body of exactly max_body, and of one byte more") {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
  CHECK(capped(answer, Bytes{10}).body == "0123456789");
  CHECK(capped(answer, Bytes{9}).failure == HttpFailure::kBodyTooLarge);
  CHECK(capped("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Bytes{0}).failure ==
        HttpFailure::kNone);
}

TEST_CASE("http: bombs are given up at max_body") {
  const std::string zeros(64 << 20, '\0');
  const std::string once = gzip(zeros);
  for (const std::string& answer :
       {encoded("gzip", once), encoded("gzip, gzip", gzip(once)), encoded("br", kBrotliBomb)}) {
    const HttpPeer peer(answering(answer));
    const auto transport = open_transport();
    HttpRequest request = request_to(peer);
    std::size_t got = 0;
    request.max_body = Bytes::kibibytes(256);
    request.on_body = [&](std::string_view piece) {
      got += piece.size();
      return true;
    };
    CHECK(send(*transport, std::move(request)).failure == HttpFailure::kBodyTooLarge);
    CHECK(got <= 256 * 1024);
  }
}

TEST_CASE("http: headers are counted") {
  const std::string head = "HTTP/1.1 200 OK\r\nA: " + std::string(900, 'a') + "\r\n";
  const auto limited = [](const std::string& answer, std::uint64_t limit) {
    return timed(answering(answer),
                 [&](HttpRequest& request) { request.max_header_bytes = Bytes{limit}; })
        .failure;
  };
  const std::string end = "Content-Length: 0\r\n\r\n";
  CHECK(limited(head + end, head.size() + end.size()) == HttpFailure::kNone);
  CHECK(limited(head + end, head.size() + end.size() - 1) == HttpFailure::kHeadersTooLarge);
  // With those of a 1xx.
  CHECK(limited("HTTP/1.1 103 Early\r\n\r\n" + head + end, head.size() + end.size()) ==
        HttpFailure::kHeadersTooLarge);
}

TEST_CASE("http: headers without end, in many lines, in one, in status lines") {
  const auto endless = [](const std::string& begin, const std::string& more) {
    return timed(
               [=](PeerConnection& connection) {
                 (void)connection.read_request();
                 connection.write(begin);
                 while (connection.write(more)) {
                 }
               },
               [](HttpRequest&) {})
        .failure;
  };
  CHECK(endless("HTTP/1.1 200 OK\r\n", "A: b\r\n") == HttpFailure::kHeadersTooLarge);
  CHECK(endless("HTTP/1.1 200 OK\r\nA: ", "bbbbbbbbbbbb") == HttpFailure::kHeadersTooLarge);
  CHECK(endless("", "HTTP/1.1 100 Continue\r\n\r\n") == HttpFailure::kHeadersTooLarge);
  CHECK(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n") ==
        HttpFailure::kHeadersTooLarge);
}

TEST_CASE("http: a peer that never answers") {
  const HttpResponse first_byte = timed(
      say_nothing, [](HttpRequest& request) { request.first_byte_timeout = milliseconds(20); });
  CHECK(first_byte.failure == HttpFailure::kTimeoutFirstByte);
  CHECK(first_byte.sent);
  CHECK(first_byte.status == 0);
  const HttpResponse total =
      timed(say_nothing, [](HttpRequest& request) { request.total_timeout = milliseconds(20); });
  CHECK(total.failure == HttpFailure::kTimeoutTotal);
  CHECK(total.sent);
}

TEST_CASE("http: a body that the peer does not read is not waited for as an answer is") {
  const HttpResponse response =
      timed([](PeerConnection& connection) { connection.wait_without_reading(); },
            [](HttpRequest& request) {
              request.method = "POST";
              request.body = std::make_shared<const std::string>(50'000'000, 'b');
              request.first_byte_timeout = milliseconds(5);
              request.total_timeout = milliseconds(200);
            });
  CHECK(response.failure == HttpFailure::kTimeoutTotal);
  CHECK(response.sent);
}

TEST_CASE("http: slow headers and a slow body") {
  const auto slow = [](const std::string& begin) {
    return timed(
        [=](PeerConnection& connection) {
          (void)connection.read_request();
          connection.write(begin);
          // More than the limits allow would come before the time is over.
          connection.wait_closed();
        },
        [](HttpRequest& request) { request.total_timeout = milliseconds(50); });
  };
  const HttpResponse headers = slow("HTTP/1.1 200 OK\r\nA: b\r\nB: ");
  CHECK(headers.failure == HttpFailure::kTimeoutTotal);
  CHECK(headers.status == 0);
  const HttpResponse body = slow("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012");
  CHECK(body.failure == HttpFailure::kTimeoutTotal);
  CHECK(body.status == 200);
}

TEST_CASE("http: a body that drips is ended by its size or its time, whichever is first") {
  const auto dripping = [](std::function<void(HttpRequest&)> change) {
    return timed(
               [](PeerConnection& connection) {
                 (void)connection.read_request();
                 connection.write("HTTP/1.0 200 OK\r\n\r\n");
                 drip(connection);
               },
               std::move(change))
        .failure;
  };
  CHECK(dripping([](HttpRequest& request) { request.max_body = Bytes{1000}; }) ==
        HttpFailure::kBodyTooLarge);
  CHECK(dripping([](HttpRequest& request) { request.total_timeout = milliseconds(30); }) ==
        HttpFailure::kTimeoutTotal);
}

TEST_CASE("http: a peer that accepts and never agrees on TLS is a connection that takes too long") {
  const HttpPeer peer(say_nothing);
  const auto transport = open_transport();
  HttpRequest request = request_to(peer);
  request.url = "https://peer.test:" + std::to_string(peer.port());
  request.connect_timeout = milliseconds(30);
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == HttpFailure::kTimeoutConnect);
  CHECK_FALSE(response.sent);
}

TEST_CASE("http: nothing listens there") {
  std::uint16_t port = 0;
  {
    const HttpPeer peer(say_nothing);
    port = peer.port();
  }
  const auto transport = open_transport();
  HttpRequest request;
  request.url = "http://peer.test:" + std::to_string(port);
  request.addresses = {"127.0.0.1"};
  const HttpResponse response = send(*transport, std::move(request));
  CHECK(response.failure == HttpFailure::kConnect);
  CHECK_FALSE(response.sent);
  CHECK(response.message.find("peer.test") != std::string::npos);
  CHECK(response.message.find(".invalid") == std::string::npos);
}

}  // namespace sublet
