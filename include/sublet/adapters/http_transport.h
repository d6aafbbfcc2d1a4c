// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"

namespace sublet {
inline namespace v1 {

struct HttpHeader {
  std::string name;
  std::string value;

  friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

// What became of a request that has no answer.
enum class HttpFailure : std::uint8_t {
  kNone,
  kConnect,           // no connection: refused, unreachable
  kAddressRefused,    // HttpRequest::permits said no, or there is no address
  kTls,               // the certificate does not fit, or there is no agreement
  kTimeoutConnect,    // HttpRequest::connect_timeout, with TLS
  kTimeoutFirstByte,  // HttpRequest::first_byte_timeout, from when all was sent
  kTimeoutTotal,      // HttpRequest::total_timeout
  kBroken,            // the connection ended in the midst of it
  kProtocol,          // the answer is no HTTP, or its encoding is broken
  kHeadersTooLarge,   // HttpRequest::max_header_bytes
  kBodyTooLarge,      // HttpRequest::max_body
  kCanceled,          // cancel(), or the transport ends
  kUnavailable,       // the transport takes no more
  kInvalidRequest,    // its URL, its method or a header cannot be sent; nothing was
};
SUBLET_EXPORT std::string_view to_string(HttpFailure failure) noexcept;

// One exchange: never more than one request and its answer. A redirect is an answer like another.
struct HttpRequest {
  std::string method = "GET";
  // Absolute, with scheme http or https, without user, password and fragment; the host in lower
  // case and in ASCII.
  std::string url;
  // Sent as they are, in this order; the transport adds Host, Content-Length, Accept-Encoding and
  // what the protocol needs, and nothing else. Those that say where a message ends or concern the
  // connection (Host, Content-Length, Transfer-Encoding, Connection, ...) are kInvalidRequest.
  std::vector<HttpHeader> headers;
  std::shared_ptr<const std::string> body;  // null: none

  // Where the connection may go, as numbers ("192.0.2.1", "2001:db8::1"): the caller resolved the
  // name. The transport resolves none.
  std::vector<std::string> addresses;
  // Asked for each connection, new or used again, with the address in numbers and the port, before
  // anything is sent on it; maybe more than once. Any thread, must not block; empty: `addresses`
  // alone count.
  std::function<bool(std::string_view address, std::uint16_t port)> permits;
  // Connections are used again among requests with the same text only.
  std::string pool;

  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds first_byte_timeout{15'000};
  std::chrono::milliseconds total_timeout{15'000};
  Bytes max_header_bytes = Bytes::kibibytes(64);
  Bytes max_body = Bytes::mebibytes(6);  // counted after decompression
  // Gets the body in pieces instead of HttpResponse::body, in order, before the answer; false
  // cancels. On the transport's thread, must not block.
  std::function<bool(std::string_view piece)> on_body;
};

// From the start of the request; 0: did not happen (a connection that was used again).
struct HttpTiming {
  std::chrono::microseconds connected{0};
  std::chrono::microseconds secured{0};  // TLS
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
};

struct HttpResponse {
  HttpFailure failure = HttpFailure::kNone;
  // For the host: one sentence, which may hold what a peer sent. Empty without a failure.
  std::string message;
  int status = 0;       // 0: no answer came so far
  std::string version;  // "1.1", "2"
  // As they came, in their order, the final answer's only: neither those of a 1xx nor trailers.
  std::vector<HttpHeader> headers;
  std::string body;  // decompressed
  // Whether the peer may have got the request, so that it may have been done.
  bool sent = false;
  bool reused = false;  // a connection that was there
  std::string address;  // of the peer, in numbers
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;  // on the wire, without TLS
  HttpTiming timing;
};

using HttpCallback = std::function<void(HttpResponse)>;

// Sends requests: the adapter behind `request` and `fetch` in JavaScript. What may be sent where is
// decided before; a transport of a host's own (its client, a forward proxy) has to ask `permits`
// and to keep the limits, and must not follow redirects, keep cookies or resolve names.
//
// Ownership: shared; the destructor cancels what is under way.
// Thread safety: thread-safe. A callback runs exactly once, on a thread of the transport or inside
// send(), under no lock; it may call the transport and must not throw.
// Blocking: never; the destructor waits for callbacks that run.
// Errors: HttpResponse::failure.
class SUBLET_EXPORT HttpTransport {
 public:
  using Id = std::uint64_t;

  virtual ~HttpTransport();

  // Answers what cancel() takes.
  virtual Id send(HttpRequest request, HttpCallback done) noexcept = 0;
  // Its callback comes with kCanceled, unless it has come. Unknown ids are nothing.
  virtual void cancel(Id id) noexcept = 0;
};

}  // namespace v1
}  // namespace sublet
