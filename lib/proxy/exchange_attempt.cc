// SPDX-License-Identifier: Apache-2.0
// One attempt: whether it may go out now, where to, and its sending.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "policy/names.h"
#include "proxy/codes.h"
#include "proxy/errors.h"
#include "proxy/exchange.h"
#include "proxy/trace_context.h"

namespace sublet::proxy {
namespace {

// What dry run of Limit::kResponseBody takes at most: as much as any limit may be.
constexpr Bytes kMostResponse = Bytes::mebibytes(64);

std::string in_ms(base::Nanoseconds time) {
  return fmt::format("{} ms", std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

RequestError retry_later(std::string_view code, std::string message,
                         std::optional<base::Nanoseconds> retry_after) {
  RequestError error = make_error(code, std::move(message));
  error.retry_after = retry_after;
  return error;
}

std::string sentence_of(policy::CapReached cap, const std::string& host) {
  switch (cap) {
    case policy::CapReached::kTenantOrigin:
      return fmt::format("too many requests to {} are under way", host);
    case policy::CapReached::kOrigin:
      return fmt::format("the service's share of requests to {} is under way", host);
    case policy::CapReached::kTotal:
      return "the service's share of requests is under way";
    case policy::CapReached::kTenant:
    case policy::CapReached::kNone:
      break;
  }
  return "too many requests are under way";
}

}  // namespace

void Exchange::ask_rates() {
  const std::string origin = hop_.target.origin();
  const std::shared_ptr<SharedLimits>& shared = core_->setup().shared;
  if (!shared) return on_taken(core_->gate().take(*access_, origin, core_->now()));
  const std::uint64_t step = wait_for(Waiting::kRates);
  shared->take(
      buckets_of(*access_, origin),
      [self = shared_from_this(), step](SharedLimits::Taken taken) { self->deliver(step, taken); });
}

void Exchange::on_taken(const SharedLimits::Taken& taken) {
  stage_ = Stage::kAdmit;
  if (taken.admitted) return;
  reach(Limit::kRequestRate);
  if (access_->limits.enforcement(Limit::kRequestRate) == Enforcement::kDryRun) return;
  fail(retry_later(codes::kRateLimited,
                   fmt::format("the rate of requests of this {} is used up; again in {}",
                               name_of_bucket(taken.refused), in_ms(taken.retry_after)),
                   taken.retry_after));
}

void Exchange::ask_admission() {
  const std::string origin = hop_.target.origin();
  Gate::Admission admission = core_->gate().admit(access_, origin, core_->now());
  record_.breaker = admission.breaker;
  record_.breaker_would_refuse = record_.breaker_would_refuse || admission.breaker_would_refuse;
  if (admission.cap != policy::CapReached::kNone) reach(Limit::kRequestsUnderWay);
  if (admission.pass) {
    pass_ = std::move(admission.pass);
    if (!std::exchange(request_counted_, true)) {
      core_->gate().count_request(access_->tenant, origin, core_->now());
    }
    stage_ = Stage::kResolve;
    return;
  }
  const std::string host = policy::in_quotes(hop_.target.host);
  if (admission.cap != policy::CapReached::kNone) {
    return fail(retry_later(codes::kUnderWay, sentence_of(admission.cap, host), std::nullopt));
  }
  fail(retry_later(
      codes::kCircuitOpen,
      fmt::format("requests to {} fail too often; again in {}", host, in_ms(admission.retry_after)),
      admission.retry_after));
}

void Exchange::ask_names() {
  if (hop_.target.address) {
    addresses_ = {hop_.target.address->to_string()};
    stage_ = Stage::kSend;
    return;
  }
  const std::shared_ptr<NameResolver> resolver = core_->resolver();
  if (!resolver) return fail(of_resolver(ErrorCode::kUnavailable, hop_.target));
  const std::uint64_t step = wait_for(Waiting::kNames);
  resolver->resolve(hop_.target.host, [self = shared_from_this(), step](Resolved resolved) {
    self->deliver(step, std::move(resolved));
  });
}

void Exchange::on_names(const Resolved& resolved) {
  if (resolved) {
    if (check_names(*resolved)) stage_ = Stage::kSend;
    return;
  }
  const ErrorCode code = resolved.error().code;
  // A name that is not there is the other side's fault; whoever cannot be asked is ours.
  const bool absent = code == ErrorCode::kNotFound;
  const auto result = absent ? policy::CallResult::kFailure : policy::CallResult::kIgnored;
  pass_.finish(result, result, core_->now());
  if (!absent) core_->tell_fault("resolver", scrubbed(resolved.error().message));
  if (!absent && retry(std::nullopt, policy::AttemptFailure::kResolve, std::nullopt)) return;
  fail(of_resolver(code, hop_.target));
}

bool Exchange::check_names(const std::vector<std::string>& texts) {
  std::vector<policy::IpAddress> addresses;
  addresses_.clear();
  for (const std::string& text : texts) {
    const auto address = policy::IpAddress::parse(text);
    if (!address) {
      core_->tell_fault("resolver", "it answered what is no address");
      fail(of_resolver(ErrorCode::kUnavailable, hop_.target));
      return false;
    }
    addresses.push_back(*address);
    addresses_.push_back(address->to_string());
  }
  const auto passed = policy::check_addresses(*egress_, hop_.target, addresses);
  if (!passed) fail(of_addresses(passed.refusal(), hop_.target));
  return static_cast<bool>(passed);
}

void Exchange::send() {
  transport_ = core_->transport();
  if (!transport_) return fail(of_failure(HttpFailure::kUnavailable, hop_.target, access_->limits));
  sent_at_ = core_->now();
  given_ = deadline_ - sent_at_;
  HttpRequest request = request_now();
  if (!std::exchange(after_redirect_, false)) ++record_.attempts;
  const std::uint64_t step = wait_for(Waiting::kAnswer);
  sent_id_ = transport_->send(std::move(request),
                              [self = shared_from_this(), step](HttpResponse response) {
                                self->answered(step, std::move(response));
                              });
}

// On the transport's thread, whose time is everybody's.
void Exchange::answered(std::uint64_t step, HttpResponse response) noexcept {
  // What is searched at once takes a millisecond or two at the worst.
  constexpr std::size_t kShort = 16u << 10;
  std::size_t size = response.body.size();
  for (const HttpHeader& header : response.headers)
    size += header.name.size() + header.value.size();
  if (size > kShort) {
    try {
      auto kept = std::make_shared<HttpResponse>(std::move(response));
      const auto work = [self = shared_from_this(), step, kept] {
        self->deliver(step, std::move(*kept));
      };
      if (core_->long_work().post(access_->tenant, work)) return;
      return deliver(step, std::move(*kept));
    } catch (...) {
      response = HttpResponse();
      response.failure = HttpFailure::kUnavailable;
    }
  }
  deliver(step, std::move(response));
}

HttpRequest Exchange::request_now() const {
  const Limits& limits = access_->limits;
  const bool dry_run = limits.enforcement(Limit::kResponseBody) == Enforcement::kDryRun;
  const auto total = std::chrono::ceil<std::chrono::milliseconds>(given_);
  HttpRequest request;
  request.method = hop_.method;
  request.url = hop_.target.url();
  request.headers = headers_now();
  request.body = hop_.body;
  request.addresses = addresses_;
  request.permits = permits_of(egress_, hop_.target);
  request.pool = pool_;
  request.connect_timeout = std::min(limits.connect_time, total);
  request.first_byte_timeout = std::min(limits.first_byte_time, total);
  request.total_timeout = total;
  request.max_body = dry_run ? kMostResponse : limits.response_body;
  return request;
}

std::vector<HttpHeader> Exchange::headers_now() const {
  std::vector<HttpHeader> headers;
  headers.reserve(hop_.headers.size() + 4);
  for (const policy::HttpField& field : hop_.headers) headers.push_back({field.name, field.value});
  add_cache_fields(headers);
  if (!trace_parent_.empty()) {
    headers.push_back({"traceparent", trace_parent_});
    if (is_trace_state(call_.trace_state)) headers.push_back({"tracestate", call_.trace_state});
  }
  return headers;
}

}  // namespace sublet::proxy
