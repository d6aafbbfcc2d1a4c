// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/http_test_side.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

namespace sublet {

std::shared_ptr<CurlHttpTransport> open_transport(CurlHttpTransportOptions options) {
  auto opened = CurlHttpTransport::open(std::move(options));
  if (!opened) FAIL(opened.error().message);
  return *std::move(opened);
}

HttpRequest request_to(const HttpPeer& peer, const std::string& path) {
  constexpr std::chrono::minutes kLong(10);
  HttpRequest request;
  request.url = peer.url("peer.test", path);
  request.addresses = {"127.0.0.1"};
  request.connect_timeout = kLong;
  request.first_byte_timeout = kLong;
  request.total_timeout = kLong;
  return request;
}

HttpResponse send(HttpTransport& transport, HttpRequest request) {
  HttpAnswer answer;
  transport.send(std::move(request), answer.callback());
  return answer.get();
}

HttpPeer::Program answering(std::string bytes) {
  return [bytes = std::move(bytes)](PeerConnection& connection) {
    while (!connection.read_request().empty()) connection.write(bytes);
  };
}

HttpPeer::Program answering_once(std::string bytes) {
  return [bytes = std::move(bytes)](PeerConnection& connection) {
    if (!connection.read_request().empty()) connection.write(bytes);
  };
}

void echo(PeerConnection& connection) {
  for (std::string request; !(request = connection.read_request()).empty();) {
    connection.write_answer(request);
  }
}

std::string header_of(const HttpResponse& response, const std::string& name) {
  for (const HttpHeader& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

TemporaryFile::TemporaryFile(const std::string& text) : path_("/tmp/sublet-http-XXXXXX") {
  const int file = ::mkstemp(path_.data());
  REQUIRE(file >= 0);
  REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(file);
}

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

}  // namespace sublet
