// SPDX-License-Identifier: Apache-2.0
// What libcurl calls in the course of an exchange. Nothing may be thrown through it.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>

#include "adapters/curl/exchange.h"
#include "adapters/curl/request_check.h"

namespace sublet::adapters::curl {
namespace {

std::string text_of(const curl_sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address.addr, sizeof four);
    (void)::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  }
  if (address.family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, static_cast<const void*>(&address.addr), sizeof six);
    (void)::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

void Exchange::stop(HttpFailure failure, const char* message) {
  if (stopped_ != HttpFailure::kNone) return;
  stopped_ = failure;
  response_.message = message;
}

bool Exchange::asks_permits(const std::string& address, std::uint16_t port) noexcept {
  try {
    return !request_.permits || request_.permits(address, port);
  } catch (...) {
    return false;
  }
}

bool Exchange::may_open(const std::string& address) {
  // Whether the target may be reached was asked before there was a tunnel to it.
  if (!tunnel_to_.empty()) return true;
  const bool listed = std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
  const bool may = listed && asks_permits(address, target_.port);
  (may ? granted_ : refused_) = true;
  return may;
}

bool Exchange::may_send(const std::string& address, std::uint16_t port) {
  response_.address = address;
  if (!asks_permits(address, port)) {
    stop(HttpFailure::kAddressRefused, "the connection's address may not be used");
    return false;
  }
  // A connection that was used again had ended, and libcurl would send it all on another.
  if (response_.sent && !is_idempotent(request_.method)) {
    stop(HttpFailure::kBroken, "the connection ended, and the request may have been done");
    return false;
  }
  response_.sent = true;
  connected_at_ = now();
  body_sent_ = 0;
  all_sent_at_ = has_body() && !request_.body->empty() ? kNever : connected_at_;
  return true;
}

bool Exchange::take_body(std::string_view piece) {
  if (!head_.is_complete()) {
    stop(HttpFailure::kProtocol, "a body came before its headers");
    return false;
  }
  body_bytes_ += piece.size();
  if (body_bytes_ > request_.max_body.count) {
    stop(HttpFailure::kBodyTooLarge, "the body is larger than max_body");
    return false;
  }
  if (!request_.on_body) {
    response_.body.append(piece);
    return true;
  }
  if (request_.on_body(piece)) return true;
  stop(HttpFailure::kCanceled, "on_body ended it");
  return false;
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  exchange.first_byte_came_ = true;
  try {
    switch (exchange.head_.add({data, size * count})) {
      case AnswerHead::Verdict::kGood:
        return size * count;
      case AnswerHead::Verdict::kTooLarge:
        exchange.stop(HttpFailure::kHeadersTooLarge,
                      "the headers are larger than max_header_bytes");
        break;
      case AnswerHead::Verdict::kMalformed:
        exchange.stop(HttpFailure::kProtocol, "a line of the headers is none");
        break;
    }
  } catch (const std::exception&) {
    exchange.stop(HttpFailure::kUnavailable, "out of memory");
  }
  return CURL_WRITEFUNC_ERROR;
}

std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    if (exchange.take_body({data, size * count})) return size * count;
  } catch (const std::bad_alloc&) {
    exchange.stop(HttpFailure::kUnavailable, "out of memory");
  } catch (...) {
    exchange.stop(HttpFailure::kCanceled, "on_body failed");
  }
  return CURL_WRITEFUNC_ERROR;
}

std::size_t Exchange::on_upload(char* space, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (!exchange.has_body()) return 0;
  const std::string& body = *exchange.request_.body;
  const std::size_t piece = std::min(size * count, body.size() - exchange.body_sent_);
  std::memcpy(space, body.data() + exchange.body_sent_, piece);
  exchange.body_sent_ += piece;
  if (exchange.body_sent_ == body.size()) exchange.all_sent_at_ = now();
  return piece;
}

int Exchange::on_rewind(void* self, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (origin != SEEK_SET || offset < 0 || !exchange.has_body() ||
      static_cast<std::uint64_t>(offset) > exchange.request_.body->size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  exchange.body_sent_ = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

curl_socket_t Exchange::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  try {
    if (!static_cast<Exchange*>(self)->may_open(text_of(*address))) return CURL_SOCKET_BAD;
  } catch (const std::exception&) {
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Exchange::on_connection(void* self, char* peer, char*, int peer_port, int) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    const bool through_proxy = !exchange.tunnel_to_.empty();
    const bool may = through_proxy ? exchange.may_send(exchange.tunnel_to_, exchange.target_.port)
                                   : exchange.may_send(peer, static_cast<std::uint16_t>(peer_port));
    return may ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  } catch (const std::exception&) {
    exchange.stop(HttpFailure::kUnavailable, "out of memory");
    return CURL_PREREQFUNC_ABORT;
  }
}

int Exchange::on_lookup(void*, void*, void* self) {
  // Whatever libcurl wants to look up was not pinned.
  static_cast<Exchange*>(self)->refused_ = true;
  return 1;
}

}  // namespace sublet::adapters::curl
