// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "sublet/adapters/curl_http_transport.h"
#include "support/http_peer.h"

// What tests of the HTTP transport share.
namespace sublet {

using test::HttpPeer;
using test::PeerConnection;

// Fails the test where it does not open.
std::shared_ptr<CurlHttpTransport> open_transport(CurlHttpTransportOptions options = {});

// A GET of "peer.test" at 127.0.0.1, with timeouts that no test reaches.
HttpRequest request_to(const HttpPeer& peer, const std::string& path = "/");

// The answer of one request, waited for. Fails the test where it comes twice.
class HttpAnswer {
 public:
  HttpCallback callback() {
    return [promise = promise_](HttpResponse response) { promise->set_value(std::move(response)); };
  }
  HttpResponse get() { return future_.get(); }

 private:
  std::shared_ptr<std::promise<HttpResponse>> promise_ =
      std::make_shared<std::promise<HttpResponse>>();
  std::future<HttpResponse> future_ = promise_->get_future();
};

HttpResponse send(HttpTransport& transport, HttpRequest request);

// A peer that says this to every request on a connection, and goes on.
HttpPeer::Program answering(std::string bytes);
// The same, and then ends the connection.
HttpPeer::Program answering_once(std::string bytes);
// It answers each request with the request as it came.
void echo(PeerConnection& connection);

// The value of the first header of this name, as it is written; "(none)".
std::string header_of(const HttpResponse& response, const std::string& name);

// A file that goes with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace sublet
