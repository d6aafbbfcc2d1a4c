// SPDX-License-Identifier: Apache-2.0
// What came back: a response, a failure, a redirect; and what is done next.
#include <algorithm>
#include <chrono>
#include <utility>

#include "policy/names.h"
#include "policy/resilience/retry_after.h"
#include "proxy/codes.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"
#include "proxy/fields.h"

namespace sublet::proxy {
namespace {

using policy::AttemptFailure;
using policy::CallResult;
using std::chrono::microseconds;

constexpr std::size_t kMostHeaders = 256;

std::optional<AttemptFailure> attempt_failure(const HttpResponse& response) {
  switch (response.failure) {
    case HttpFailure::kConnect:
      return AttemptFailure::kConnect;
    case HttpFailure::kTls:
      return AttemptFailure::kTls;
    case HttpFailure::kTimeoutConnect:
      return AttemptFailure::kConnectTimeout;
    case HttpFailure::kTimeoutFirstByte:
      return AttemptFailure::kFirstByteTimeout;
    case HttpFailure::kTimeoutTotal:
      return AttemptFailure::kTotalTimeout;
    case HttpFailure::kBroken:
      return response.sent ? AttemptFailure::kReset : AttemptFailure::kRefused;
    case HttpFailure::kProtocol:
      return AttemptFailure::kProtocol;
    default:
      return std::nullopt;  // another attempt would end as this one
  }
}

// Where the time was too short is for the tenant's breaker to learn from; for that of all tenants
// it counts only where the host's own patience was at an end.
CallResult result_for_all(const HttpResponse& response, const Limits& limits,
                          base::Nanoseconds given) {
  switch (response.failure) {
    case HttpFailure::kNone:
      return response.status >= 500 ? CallResult::kFailure : CallResult::kSuccess;
    case HttpFailure::kTimeoutConnect:
      return given >= limits.connect_time ? CallResult::kFailure : CallResult::kIgnored;
    case HttpFailure::kTimeoutFirstByte:
    case HttpFailure::kTimeoutTotal:
      return given >= limits.first_byte_time ? CallResult::kFailure : CallResult::kIgnored;
    case HttpFailure::kConnect:
    case HttpFailure::kTls:
    case HttpFailure::kBroken:
    case HttpFailure::kProtocol:
      return CallResult::kFailure;
    default:
      return CallResult::kIgnored;
  }
}

CallResult result_for_tenant(const HttpResponse& response, CallResult for_all) {
  const bool timeout = response.failure == HttpFailure::kTimeoutConnect ||
                       response.failure == HttpFailure::kTimeoutFirstByte ||
                       response.failure == HttpFailure::kTimeoutTotal;
  return timeout ? CallResult::kFailure : for_all;
}

microseconds between(microseconds from, microseconds to) {
  return to > from ? to - from : microseconds(0);
}

}  // namespace

void Exchange::account(const HttpResponse& response) {
  in_transport_ += core_->now() - sent_at_;
  record_.sent.count += response.bytes_sent;
  record_.received.count += response.bytes_received;
  const HttpTiming& timing = response.timing;
  const microseconds ready = std::max(timing.connected, timing.secured);
  record_.connect = timing.connected;
  record_.secure =
      timing.secured.count() > 0 ? between(timing.connected, timing.secured) : microseconds(0);
  record_.first_byte =
      timing.first_byte.count() > 0 ? between(ready, timing.first_byte) : microseconds(0);
  record_.receive = between(std::max(ready, timing.first_byte), timing.total);
}

void Exchange::finish_pass(const HttpResponse& response) {
  const CallResult all = result_for_all(response, access_->limits, given_);
  pass_.finish(result_for_tenant(response, all), all, core_->now());
}

void Exchange::check_response(HttpResponse& response) {
  if (response.failure != HttpFailure::kNone) return;
  if (response.status < 200 || response.status > 999) response.failure = HttpFailure::kProtocol;
  // No service sends so many, and each is searched for secrets by itself.
  if (response.headers.size() > kMostHeaders) response.failure = HttpFailure::kHeadersTooLarge;
  if (response.body.size() <= access_->limits.response_body.count) return;
  reach(Limit::kResponseBody);
  if (access_->limits.enforcement(Limit::kResponseBody) == Enforcement::kEnforce) {
    response.failure = HttpFailure::kBodyTooLarge;
  }
}

void Exchange::on_response(HttpResponse response) {
  waiting_ = Waiting::kNothing;
  check_response(response);
  account(response);
  finish_pass(response);
  if (response.failure != HttpFailure::kNone) return on_failure(response);
  Received received{response.status, incoming_fields(response.headers),
                    std::make_shared<const std::string>(std::move(response.body)), false};
  if (validates_ && received.status == 304) return on_not_modified(std::move(received));
  if (received.status == 401 && may_renew()) return renew_token();
  std::optional<base::Nanoseconds> retry_after;
  if (const auto value = policy::only_value_of(received.fields, "retry-after")) {
    retry_after = policy::parse_retry_after(*value, core_->calendar());
  }
  if (retry(received.status, std::nullopt, retry_after)) return;
  if (received.status >= 500 && serve_on_error(received.status)) return;
  keep(received);
  on_answer(std::move(received));
}

void Exchange::on_failure(const HttpResponse& response) {
  if (response.failure == HttpFailure::kBodyTooLarge) reach(Limit::kResponseBody);
  if (response.failure == HttpFailure::kUnavailable) {
    core_->tell_fault("transport", scrubbed(response.message));
  }
  if (const auto failure = attempt_failure(response)) {
    if (retry(std::nullopt, failure, std::nullopt)) return;
  }
  fail(of_failure(response.failure, hop_.target, access_->limits));
}

bool Exchange::retry(std::optional<int> status, std::optional<AttemptFailure> failure,
                     std::optional<base::Nanoseconds> retry_after) {
  const auto& declared = call_.options.retry;
  if (!declared || declared->max_attempts <= 1) return false;
  policy::RetryOptions options;
  options.max_attempts = declared->max_attempts;
  options.statuses = declared->statuses;
  options.failures = declared->network_error ? policy::RetryOptions::kTransient : 0;
  options.any_method = declared->idempotent;
  policy::Attempt attempt;
  attempt.method = hop_.method;
  attempt.number = attempt_;
  if (status) attempt.status = static_cast<std::uint16_t>(*status);
  attempt.failure = failure;
  attempt.retry_after = retry_after;
  const base::TimePoint now = core_->now();
  const policy::RetryDecision decision = core_->gate().decide_retry(
      access_->tenant, hop_.target.origin(), options, attempt, now, deadline_);
  if (!decision.retry()) return false;
  ++attempt_;
  retry_at_ = now + decision.delay;
  wait_for(Waiting::kRetry);
  return true;
}

bool Exchange::redirects(const Received& received) {
  return is_redirect(received.status) && call_.redirect != RedirectMode::kManual &&
         policy::has_field(received.fields, "location");
}

void Exchange::on_answer(Received received) {
  if (!redirects(received)) return end(std::move(received));
  if (call_.redirect == RedirectMode::kError) {
    return end(make_error(codes::kRedirect, policy::in_quotes(hop_.target.host) +
                                                " answered a redirect, which is not followed"));
  }
  follow_redirect(received);
}

void Exchange::follow_redirect(const Received& received) {
  forget_stored();
  const std::string host = policy::in_quotes(hop_.target.host);
  const auto location = policy::only_value_of(received.fields, "location");
  if (!location) {
    return end(make_error(codes::kRedirect, host + " answered redirects to several places"));
  }
  const unsigned most = std::min(access_->egress.max_redirects, access_->policy.max_redirects);
  if (followed_ >= std::min<unsigned>(most, call_.options.max_redirects.value_or(most))) {
    return end(
        make_error(policy::to_string(policy::RefusalCode::kTooManyRedirects),
                   "more than " + std::to_string(followed_) + " redirects, the last from " + host));
  }
  auto redirect = policy::check_redirect(*egress_, hop_.target, followed_, *location);
  if (!redirect) return end(of_refusal(redirect.refusal()));
  auto refused = follow(hop_, received.status, *std::move(redirect), plan_, scrubber());
  if (refused) return end(*std::move(refused));
  ++followed_;
  ++record_.redirects;
  after_redirect_ = true;
  request_counted_ = false;
  stage_ = Stage::kHop;
}

}  // namespace sublet::proxy
