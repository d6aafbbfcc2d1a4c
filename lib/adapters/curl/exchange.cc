// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/curl/failure.h"
#include "adapters/curl/request_check.h"

namespace sublet::adapters::curl {
namespace {

using std::chrono::microseconds;

// What is so far away that it cannot be added is never.
Time after(Time begin, std::chrono::milliseconds wait) noexcept {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(24 * 365);
  return begin + std::chrono::duration_cast<microseconds>(std::clamp(wait, {}, kYear)).count();
}

template <typename T>
T figure(CURL* easy, CURLINFO info) noexcept {
  T value{};
  (void)curl_easy_getinfo(easy, info, &value);
  return value;
}

microseconds time_at(CURL* easy, CURLINFO info, microseconds before) noexcept {
  const auto since = figure<curl_off_t>(easy, info);
  return since > 0 ? before + microseconds(since) : microseconds(0);
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos;) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

}  // namespace

Time now() noexcept {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(since).count();
}

Exchange::Exchange(HttpTransport::Id id, HttpRequest request, HttpCallback done)
    : id_(id),
      request_(std::move(request)),
      done_(std::move(done)),
      head_(request_.max_header_bytes.count),
      begun_(now()) {}

HttpFailure Exchange::prepare(const Settings& settings) {
  response_.message = fault_of(request_);
  if (!response_.message.empty()) return HttpFailure::kInvalidRequest;
  if (!read_target(request_.url, target_)) {
    response_.message = "the URL cannot be sent";
    return HttpFailure::kInvalidRequest;
  }
  for (const std::string& address : request_.addresses) {
    addresses_.push_back(normal_address(address));
    if (!addresses_.back().empty()) continue;
    response_.message = "an address is none";
    return HttpFailure::kAddressRefused;
  }
  response_.message = "no address may be used";
  if (addresses_.empty()) return HttpFailure::kAddressRefused;
  if (!settings.proxy_address.empty()) {
    const auto granted =
        std::find_if(addresses_.begin(), addresses_.end(),
                     [&](const auto& address) { return asks_permits(address, target_.port); });
    if (granted == addresses_.end()) return HttpFailure::kAddressRefused;
    tunnel_to_ = *granted;
  }
  response_.message.clear();
  return HttpFailure::kNone;
}

void Exchange::finish(CURLcode result) {
  read_figures();
  const bool answered = head_.is_complete();
  HttpFailure failure = failure_of(result, connected_at_ != kNever, answered, error_);
  if (failure == HttpFailure::kConnect && refused_ && !granted_) {
    failure = HttpFailure::kAddressRefused;
  }
  // An end amid the headers is none to libcurl.
  if (result == CURLE_OK && !answered) failure = HttpFailure::kBroken;
  if (stopped_ != HttpFailure::kNone) failure = stopped_;
  response_.failure = failure;
  if (failure != HttpFailure::kNone && response_.message.empty()) {
    response_.message = message_of(result);
  }
}

void Exchange::end(HttpFailure failure, std::string message) {
  if (easy_) read_figures();
  response_.failure = failure;
  if (!message.empty()) response_.message = std::move(message);
}

std::string Exchange::message_of(CURLcode result) const {
  if (result == CURLE_OK) return "the connection ended in the headers";
  std::string text = error_[0] == '\0' ? curl_easy_strerror(result) : error_;
  if (refused_ && !granted_) text = "no address of " + target_.host + " may be used";
  replace(text, alias_, target_.host);
  return text;
}

void Exchange::read_figures() {
  CURL* easy = easy_.get();
  const microseconds whole(now() - begun_);
  // libcurl counts from when it began, which is later.
  const microseconds before = std::max(
      microseconds(0), whole - microseconds(figure<curl_off_t>(easy, CURLINFO_TOTAL_TIME_T)));
  response_.timing.total = whole;
  response_.timing.first_byte = time_at(easy, CURLINFO_STARTTRANSFER_TIME_T, before);
  const bool made_connection = figure<long>(easy, CURLINFO_NUM_CONNECTS) > 0;  // NOLINT: libcurl's
  response_.reused = connected_at_ != kNever && !made_connection;
  if (made_connection) {
    response_.timing.connected = time_at(easy, CURLINFO_CONNECT_TIME_T, before);
    response_.timing.secured = time_at(easy, CURLINFO_APPCONNECT_TIME_T, before);
  }
  response_.bytes_sent =
      static_cast<std::uint64_t>(figure<long>(easy, CURLINFO_REQUEST_SIZE)) +
      static_cast<std::uint64_t>(figure<curl_off_t>(easy, CURLINFO_SIZE_UPLOAD_T));
  response_.bytes_received =
      static_cast<std::uint64_t>(figure<long>(easy, CURLINFO_HEADER_SIZE)) +
      static_cast<std::uint64_t>(figure<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T));
  const auto version = figure<long>(easy, CURLINFO_HTTP_VERSION);
  if (version == CURL_HTTP_VERSION_1_0) response_.version = "1.0";
  if (version == CURL_HTTP_VERSION_1_1) response_.version = "1.1";
  if (version == CURL_HTTP_VERSION_2_0) response_.version = "2";
  response_.status = head_.status();
  if (response_.status != 0) response_.headers = head_.take_headers();
}

void Exchange::answer() noexcept {
  const HttpCallback done = std::move(done_);
  try {
    done(std::move(response_));
  } catch (...) {
    // The host's own: there is nobody to tell.
  }
}

Time Exchange::due() const noexcept {
  Time due = after(begun_, request_.total_timeout);
  if (connected_at_ == kNever) due = std::min(due, after(begun_, request_.connect_timeout));
  if (all_sent_at_ != kNever && !first_byte_came_) {
    due = std::min(due, after(all_sent_at_, request_.first_byte_timeout));
  }
  return due;
}

Time Exchange::look_again_at(Time at) const noexcept {
  if (first_byte_came_ || all_sent_at_ != kNever) return due();
  constexpr std::chrono::milliseconds kShortest{1};
  return std::min(due(), after(at, std::max(request_.first_byte_timeout, kShortest)));
}

HttpFailure Exchange::overdue(Time at) const noexcept {
  if (at < due()) return HttpFailure::kNone;
  if (at >= after(begun_, request_.total_timeout)) return HttpFailure::kTimeoutTotal;
  return connected_at_ == kNever ? HttpFailure::kTimeoutConnect : HttpFailure::kTimeoutFirstByte;
}

}  // namespace sublet::adapters::curl
