// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/curl/answer_head.h"
#include "adapters/curl/settings.h"
#include "adapters/curl/target.h"
#include "sublet/adapters/http_transport.h"

namespace sublet::adapters::curl {

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

// Microseconds since an arbitrary start.
using Time = std::int64_t;
constexpr Time kNever = INT64_MAX;
Time now() noexcept;

// One request on its way: what it asks for, how far it came, what came back.
//
// Ownership: the engine's.
// Thread safety: none; on the engine's thread once it is there.
class Exchange {
 public:
  Exchange(HttpTransport::Id id, HttpRequest request, HttpCallback done);

  // Reads URL, addresses and headers. What is wrong: kInvalidRequest or kAddressRefused.
  HttpFailure prepare(const Settings& settings);
  // Sets all that differs from request to request. False: no memory.
  bool set_up(Easy easy, const Settings& settings);
  // After libcurl is done with it: reads what became of it.
  void finish(CURLcode result);
  // Where it is ended before.
  void end(HttpFailure failure, std::string message);
  // Calls back, once.
  void answer() noexcept;

  // When it is to be ended, and as what.
  Time due() const noexcept;
  HttpFailure overdue(Time at) const noexcept;
  // When it may be late at the earliest, however it goes on from now.
  Time look_again_at(Time at) const noexcept;

  HttpTransport::Id id() const noexcept { return id_; }
  CURL* easy() const noexcept { return easy_.get(); }
  Easy take_easy() noexcept { return std::move(easy_); }

  Time listed_at = kNever;  // the engine's, for its list of what is due

 private:
  // What libcurl calls; user data is the exchange.
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_upload(char* space, std::size_t size, std::size_t count, void* self);
  static int on_rewind(void* self, curl_off_t offset, int origin);
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connection(void* self, char* peer, char* own, int peer_port, int own_port);
  static int on_lookup(void* resolver, void* reserved, void* self);

  bool has_body() const noexcept { return request_.body != nullptr; }
  bool make_headers();
  bool set_where(const Settings& settings);
  bool set_what();
  bool set_callbacks();
  bool asks_permits(const std::string& address, std::uint16_t port) noexcept;
  bool may_open(const std::string& address);
  bool may_send(const std::string& address, std::uint16_t port);
  bool take_body(std::string_view piece);
  // Why libcurl was told to stop; the first counts.
  void stop(HttpFailure failure, const char* message);
  void read_figures();
  std::string message_of(CURLcode result) const;

  const HttpTransport::Id id_;
  HttpRequest request_;
  HttpCallback done_;
  HttpResponse response_;
  Target target_;
  std::vector<std::string> addresses_;  // as normal_address() writes them
  std::string alias_;
  std::string tunnel_to_;  // the address, where there is a proxy
  Easy easy_;
  List headers_, pins_, route_;
  AnswerHead head_;

  const Time begun_;
  Time connected_at_ = kNever;  // and permitted
  Time all_sent_at_ = kNever;
  bool first_byte_came_ = false;
  bool refused_ = false;  // an address
  bool granted_ = false;  // another one, or the same
  std::size_t body_sent_ = 0;
  std::uint64_t body_bytes_ = 0;  // that came, decompressed
  HttpFailure stopped_ = HttpFailure::kNone;
  char error_[CURL_ERROR_SIZE] = "";
};

// The handle with all that never differs.
Easy make_easy(const Settings& settings);

}  // namespace sublet::adapters::curl
