// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/calls.h"

#include <algorithm>
#include <utility>

#include "hostcall/request/answers.h"
#include "proxy/codes.h"

namespace sublet::hostcall {
namespace {

// Dry run of the limit still bounds what an invocation makes the host keep.
constexpr std::size_t kMostRecords = 10'000;

// In the list of what is under way: it has ended; it is being started.
constexpr proxy::RequestProxy::Id kNone = 0;
constexpr proxy::RequestProxy::Id kStarting = UINT64_MAX;

}  // namespace

RequestCalls::RequestCalls(Setup setup) : setup_(std::move(setup)) {}

std::optional<CheckedAnswer> RequestCalls::admit(std::string_view called) {
  const Limits& limits = requests().access->limits;
  base::MutexLock lock(mutex_);
  const bool many = count_ >= limits.requests;
  if (many) passed_ = passed_ | Limit::kRequests;
  if ((many && limits.enforcement(Limit::kRequests) == Enforcement::kEnforce) ||
      count_ >= kMostRecords) {
    exceeded_ = true;
    return CheckedAnswer{false,
                         std::string(called) + ": the limit of " + std::to_string(limits.requests) +
                             " is reached (requests)",
                         0, false, std::string(proxy::codes::kTooMany)};
  }
  ++count_;
  return std::nullopt;
}

void RequestCalls::start(std::string called, proxy::RequestCall call, AnswerReply reply) {
  call.deadline = setup_.deadline;
  call.trace_parent = setup_.trace_parent;
  call.trace_state = setup_.trace_state;
  std::size_t place = 0;
  {
    base::MutexLock lock(mutex_);
    place = records_.size();
    RequestRecord& record = records_.emplace_back();
    record.name = call.name;
    record.at = setup_.clock->now() - setup_.started;
    record.error = proxy::codes::kCanceled;
    under_way_.push_back(kStarting);
  }
  const auto done = [self = shared_from_this(), place, called = std::move(called),
                     reply = std::move(reply)](proxy::RequestAnswer answer) {
    self->finished(place, answer);
    reply(answer_request(answer, called));
  };
  const auto id = requests().proxy->start(requests().access, std::move(call), done);
  bool over = false;
  {
    base::MutexLock lock(mutex_);
    over = closed_;
    if (place < under_way_.size() && under_way_[place] == kStarting) under_way_[place] = id;
  }
  if (over) requests().proxy->cancel(id);
}

void RequestCalls::finished(std::size_t place, const proxy::RequestAnswer& answer) {
  base::MutexLock lock(mutex_);
  sent_.count += answer.record.sent.count;
  received_.count += answer.record.received.count;
  passed_ |= answer.limits_reached;
  if (answer.error && answer.error->code == proxy::codes::kRateLimited) throttled_ = true;
  if (place >= records_.size()) return;  // they were taken
  const auto at = records_[place].at;
  records_[place] = answer.record;
  records_[place].at = at;
  if (place < under_way_.size()) under_way_[place] = kNone;
}

void RequestCalls::close() {
  std::vector<proxy::RequestProxy::Id> ids;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    ids.swap(under_way_);
  }
  for (const auto id : ids) {
    if (id != kNone && id != kStarting) requests().proxy->cancel(id);
  }
}

std::uint32_t RequestCalls::left() const {
  const std::uint32_t limit = requests().access->limits.requests;
  base::MutexLock lock(mutex_);
  return limit - std::min(count_, limit);
}

std::optional<Outcome> RequestCalls::outcome() const {
  base::MutexLock lock(mutex_);
  if (exceeded_) return Outcome::kExceededHostCalls;
  return throttled_ ? std::optional(Outcome::kThrottled) : std::nullopt;
}

void RequestCalls::add_to(Usage& usage) const {
  base::MutexLock lock(mutex_);
  usage.requests = count_;
  usage.requests_sent = sent_;
  usage.requests_received = received_;
  usage.limits_exceeded |= passed_;
}

std::vector<RequestRecord> RequestCalls::take_records() {
  base::MutexLock lock(mutex_);
  under_way_.clear();
  return std::exchange(records_, {});
}

}  // namespace sublet::hostcall
