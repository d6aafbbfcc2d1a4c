// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/http/http_test_side.h"

// Requests and options that are refused.
namespace sublet {
namespace {

ErrorCode code_of(CurlHttpTransportOptions options) {
  auto opened = CurlHttpTransport::open(std::move(options));
  REQUIRE_FALSE(opened);
  CHECK_FALSE(opened.error().message.empty());
  return opened.error().code;
}

}  // namespace

TEST_CASE("http: requests that cannot be sent") {
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  const auto refused = [&](auto change) {
    HttpRequest request = request_to(peer);
    change(request);
    const HttpResponse response = send(*transport, std::move(request));
    CHECK_FALSE(response.message.empty());
    CHECK_FALSE(response.sent);
    return response.failure == HttpFailure::kInvalidRequest;
  };
  for (const std::string method : {"", "GE T", "GET\r\n", "CONNECT"}) {
    CHECK(refused([&](HttpRequest& request) { request.method = method; }));
  }
  const std::vector<HttpHeader> headers = {{"", "a"},
                                           {"A b", "c"},
                                           {"A:", "c"},
                                           {"A\r\nB", "c"},
                                           {"A", "b\r\nC: d"},
                                           {"A", "b\nC: d"},
                                           {"A", std::string("b\0c", 3)},
                                           {"Host", "other.test"},
                                           {"content-LENGTH", "3"},
                                           {"Transfer-Encoding", "chunked"},
                                           {"Connection", "close"},
                                           {"Upgrade", "h2c"},
                                           {"Expect", "100-continue"}};
  for (const HttpHeader& header : headers) {
    CAPTURE(header.name);
    CHECK(refused([&](HttpRequest& request) { request.headers = {header}; }));
  }
  for (const std::string url : {"ftp://peer.test/", "http://user:word@peer.test/", "peer.test",
                                "http://peer.test/#part", "file:///etc/passwd"}) {
    CHECK(refused([&](HttpRequest& request) { request.url = url; }));
  }
  CHECK(refused([](HttpRequest& request) {
    request.method = "HEAD";
    request.body = std::make_shared<const std::string>("body");
  }));
  CHECK(peer.connections() == 0);
}

TEST_CASE("http: options out of range") {
  constexpr auto kInvalid = ErrorCode::kInvalidArgument;
  CHECK(code_of({.max_under_way = 0}) == kInvalid);
  CHECK(code_of({.max_connections = 0}) == kInvalid);
  CHECK(code_of({.max_connections = 60'001}) == kInvalid);
  CHECK(code_of({.max_connections_per_host = 0}) == kInvalid);
  CHECK(code_of({.idle_timeout = std::chrono::seconds(0)}) == kInvalid);
  CHECK(code_of({.ca_file = "/nowhere/at/all.pem"}) == kInvalid);
  CHECK(code_of({.ca_folder = "/nowhere/at/all"}) == kInvalid);
  for (const std::string proxy : {"proxy.test:3128", "http://proxy.test:3128",
                                  "https://192.0.2.1:3128", "socks5://192.0.2.1:1080"}) {
    CHECK(code_of({.proxy = proxy}) == kInvalid);
  }
}

TEST_CASE("http: one request more than may be under way") {
  const HttpPeer peer([](PeerConnection& connection) { connection.wait_closed(); });
  auto transport = open_transport({.max_under_way = 2});
  HttpAnswer first, second, third;
  transport->send(request_to(peer), first.callback());
  transport->send(request_to(peer), second.callback());
  transport->send(request_to(peer), third.callback());
  CHECK(third.get().failure == HttpFailure::kUnavailable);
  transport.reset();
  CHECK(first.get().failure == HttpFailure::kCanceled);
  CHECK(second.get().failure == HttpFailure::kCanceled);
}

TEST_CASE("http: the environment's proxy is not used") {
  const HttpPeer peer(echo);
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, "http://127.0.0.1:1", 1);
  }
  const HttpResponse response = send(*open_transport(), request_to(peer));
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  CHECK(response.failure == HttpFailure::kNone);
  CHECK(peer.requests() == 1);
}

}  // namespace sublet
