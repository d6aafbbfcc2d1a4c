// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sublet/adapters/http_transport.h"
#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

struct CurlHttpTransportOptions {
  // Requests under way at once; one more is HttpFailure::kUnavailable. 1 to 1,000,000.
  std::uint32_t max_under_way = 10'000;
  // Connections at once, idle ones counted; a request beyond them waits, at most its
  // connect_timeout. 1 to 60,000.
  std::uint32_t max_connections = 1000;
  // The same for one host as one pool sees it. 1 to 60,000.
  std::uint32_t max_connections_per_host = 64;
  // Idle connections are used again no later than this, and closed. 1 s to 1 h.
  std::chrono::seconds idle_timeout{60};
  // Authorities that are trusted, as PEM: a file, or else a folder as OpenSSL has them; neither:
  // the system's.
  std::string ca_file = {};
  std::string ca_folder = {};
  // Where the peer offers it on https.
  bool http2 = true;
  // "http://192.0.2.1:3128": every connection is a tunnel (CONNECT) through this one, to the first
  // address that HttpRequest::permits grants. The environment's proxies are never used.
  std::string proxy = {};
};

// Sends requests with libcurl 7.88 or newer, on a thread of its own. Certificates are always
// verified, with TLS 1.2 at least. Bodies in gzip, deflate and, where libcurl knows it, brotli are
// decompressed. A connection is used again among requests with the same pool, host and addresses
// only. fork() is not supported: the child's transport answers nothing.
//
// Ownership: shared; the destructor cancels what is under way.
// Thread safety: thread-safe.
// Blocking: never; the destructor waits for callbacks that run, except inside one.
// Errors: HttpResponse::failure; throws nothing.
class SUBLET_EXPORT CurlHttpTransport final : public HttpTransport {
 public:
  // kInvalidArgument: an option out of its range, a file or folder that cannot be read.
  // kFailedPrecondition: a libcurl without TLS, or one that is too old.
  static Result<std::shared_ptr<CurlHttpTransport>> open(CurlHttpTransportOptions options);
  ~CurlHttpTransport() override;

  Id send(HttpRequest request, HttpCallback done) noexcept override;
  void cancel(Id id) noexcept override;

 private:
  class Impl;
  explicit CurlHttpTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
