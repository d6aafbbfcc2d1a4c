// SPDX-License-Identifier: Apache-2.0
#include "hostcall/host_call_session.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/json_scan.h"
#include "base/utf8.h"
#include "hostcall/answer_check.h"
#include "hostcall/events/calls.h"
#include "hostcall/host_call_inbox.h"
#include "hostcall/key_value/calls.h"
#include "hostcall/request/calls.h"
#include "hostcall/start_forms.h"

namespace sublet::hostcall {
namespace {

using engine::HostCallStart;
using Kind = HostCallStart::Kind;

constexpr std::string_view kHostPrefix = "host:";
constexpr std::string_view kKeyValuePrefix = "kv.";
constexpr std::string_view kOver = "the invocation is over";
constexpr std::string_view kFailed = "host function failed";
// Dry run of the log limits still bounds what a tenant may make the host keep.
constexpr std::uint32_t kMostLogLines = 65'536;
constexpr std::uint64_t kMostLogBytes = Bytes::mebibytes(16).count;

std::string reached(std::string_view limit, std::uint64_t value) {
  return "the limit of " + std::to_string(value) + " is reached (" + std::string(limit) + ")";
}

std::string shown(std::string_view function) {
  return "host." + std::string(base::cut_utf8(function, kShownName));
}

}  // namespace

// While it lives, the thread's CPU time is the host's and not the tenant's.
//
// A reading of the CPU clock is a system call, so a short function's CPU time is taken to be the
// time that passed: it cannot be more.
class HostCallSession::HostTime {
 public:
  explicit HostTime(HostCallSession& session) : session_(session), setup_(session.setup_) {
    if (setup_.turn_cpu != nullptr) setup_.turn_cpu->pause_cpu();
    cpu_before_ = setup_.clock->thread_cpu();
    started_ = setup_.clock->now();
  }
  ~HostTime() {
    constexpr base::Nanoseconds kShort = std::chrono::microseconds(20);
    base::Nanoseconds spent = setup_.clock->now() - started_;
    if (spent > kShort) spent = setup_.clock->thread_cpu() - cpu_before_;
    session_.host_cpu_of_turn_ += spent;
    if (setup_.turn_cpu != nullptr) setup_.turn_cpu->resume_cpu(spent);
  }
  HostTime(const HostTime&) = delete;
  HostTime& operator=(const HostTime&) = delete;

 private:
  HostCallSession& session_;
  const SessionSetup& setup_;
  base::Nanoseconds cpu_before_{0};
  base::TimePoint started_{};
};

HostCallSession::HostCallSession(SessionSetup setup) : setup_(std::move(setup)) {}

HostCallSession::~HostCallSession() { close(); }

void HostCallSession::begin_turn(base::Nanoseconds cpu_used, base::Nanoseconds cpu_now) noexcept {
  cpu_used_ = cpu_used;
  cpu_at_turn_start_ = cpu_now;
  host_cpu_of_turn_ = base::Nanoseconds{0};
}

HostCallStart HostCallSession::start_call(std::string_view name, std::string arguments,
                                          std::string body) noexcept {
  try {
    return take_up(name, std::move(arguments), std::move(body));
  } catch (...) {  // no memory
    return {};
  }
}

HostCallStart HostCallSession::take_up(std::string_view name, std::string arguments,
                                       std::string body) {
  if (std::string refusal = count_call(); !refusal.empty()) return refused(std::move(refusal));
  if (name.starts_with(kKeyValuePrefix)) return call_key_value(name, arguments, std::move(body));
  if (name == kRequest || name == kFetch || name == kParameters) {
    return call_request(name, arguments, std::move(body));
  }
  if (is_event_call(name)) return call_events(name, arguments);
  if (name.starts_with(kHostPrefix)) return call_function(name, std::move(arguments));
  return refused(std::string(base::cut_utf8(name, kShownName)) +
                 " is not a capability of this host");
}

HostCallStart HostCallSession::call_function(std::string_view name, std::string arguments) {
  const std::string_view function_name = name.substr(kHostPrefix.size());
  const HostFunction* function = setup_.functions->find(function_name);
  if (function == nullptr) {
    return refused(shown(function_name) + " is not a function of this host");
  }
  if (!permits(function_name)) {
    return refused(shown(function_name) + " is not permitted for this tenant");
  }
  std::string refusal = check_arguments(function_name, arguments);
  if (!refusal.empty()) return refused(std::move(refusal));
  return function->sync ? call_sync(*function, std::move(arguments))
                        : call_async(*function, std::move(arguments));
}

std::string HostCallSession::count_call() {
  base::MutexLock lock(mutex_);
  touched_.store(true, std::memory_order_release);
  if (closed_) return std::string(kOver);
  const std::uint32_t limit = setup_.limits->host_calls;
  if (host_calls_ >= limit && !pass(Limit::kHostCalls)) {
    exceeded_host_calls_ = true;
    return reached("host_calls", limit);
  }
  ++host_calls_;
  return {};
}

bool HostCallSession::permits(std::string_view function) const noexcept {
  return std::any_of(
      setup_.permitted->begin(), setup_.permitted->end(),
      [function](const std::string& name) { return name == "*" || name == function; });
}

// V8 wrote the text, so that it is JSON, or empty, is known.
std::string HostCallSession::check_arguments(std::string_view function,
                                             std::string_view arguments) {
  const Limits& limits = *setup_.limits;
  if (!arguments.starts_with('[')) {  // tenant code gave arrays a toJSON
    return "the arguments of " + shown(function) + " are no array in JSON";
  }
  if (arguments.size() > limits.payload.count) {
    base::MutexLock lock(mutex_);
    if (!pass(Limit::kPayload)) {
      return "the arguments of " + shown(function) + " are larger than the limit of " +
             std::to_string(limits.payload.count) + " bytes (payload)";
    }
  }
  const base::JsonScan scan = base::scan_json(arguments, limits.payload_depth);
  if (scan.fault != base::JsonFault::kTooDeep) return {};
  base::MutexLock lock(mutex_);
  if (pass(Limit::kPayloadDepth)) return {};
  return "the arguments of " + shown(function) + " are nested deeper than the limit of " +
         std::to_string(limits.payload_depth) + " (payload_depth)";
}

HostCallStart HostCallSession::call_sync(const HostFunction& function, std::string arguments) {
  const HostCall call = make_call(std::move(arguments));
  const base::TimePoint start = setup_.clock->now();
  std::optional<Result<std::string>> answer;
  {
    const HostTime host_time(*this);
    try {
      answer = function.sync(call);
    } catch (const std::exception& error) {
      report(function.name, error.what());
    } catch (...) {
      report(function.name, "an exception of unknown type");
    }
  }
  CheckedAnswer checked{false, std::string(kFailed), 0};
  if (answer) checked = check_answer(*std::move(answer), AnswerLimits::of(*setup_.limits));
  base::MutexLock lock(mutex_);
  sync_time_ += setup_.clock->now() - start;
  passed_ |= checked.passed;
  return started(std::move(checked));
}

HostCallStart HostCallSession::call_async(const HostFunction& function, std::string arguments) {
  engine::CallId id = 0;
  std::shared_ptr<HostCallInbox> inbox;
  if (std::string refusal = open_call(id, inbox); !refusal.empty()) {
    return refused(std::move(refusal));
  }
  HostCall call = make_call(std::move(arguments));
  call.stop = inbox->stop_token();
  bool failed = true;
  {
    const HostTime host_time(*this);
    try {
      function.async(call, HostCallAnswer([inbox, id](Result<std::string> answer) {
                       inbox->answer(id, std::move(answer));
                     }));
      failed = false;
    } catch (const std::exception& error) {
      report(function.name, error.what());
    } catch (...) {
      report(function.name, "an exception of unknown type");
    }
  }
  if (failed) inbox->answer(id, Error{ErrorCode::kInternal, std::string(kFailed)});
  std::optional<CheckedAnswer> early = inbox->take_early(id);
  if (!early) return {Kind::kPending, id, {}};
  if (failed) *early = {false, std::string(kFailed), 0};  // and not the "no answer" of unwinding
  return started(*std::move(early));
}

std::string HostCallSession::open_call(engine::CallId& id, std::shared_ptr<HostCallInbox>& inbox,
                                       bool limited) {
  base::MutexLock lock(mutex_);
  if (closed_) return std::string(kOver);
  inbox = this->inbox();
  const std::uint32_t limit = setup_.limits->pending_host_calls;
  if (limited && inbox->pending_calls() >= limit && !pass(Limit::kPendingHostCalls)) {
    exceeded_host_calls_ = true;
    return reached("pending_host_calls", limit);
  }
  id = ++last_id_;
  inbox->open_call(id);
  return {};
}

HostCall HostCallSession::make_call(std::string arguments) const {
  HostCall call;
  call.tenant = setup_.tenant;
  call.extension = setup_.extension;
  call.event_id = setup_.event_id;
  call.arguments = std::move(arguments);
  return call;
}

void HostCallSession::report(std::string_view function, std::string_view what) noexcept {
  if (setup_.on_fault == nullptr || !*setup_.on_fault) return;
  try {
    (*setup_.on_fault)("host." + std::string(function), what);
  } catch (...) {  // nobody left to tell
  }
}

HostCallStart HostCallSession::start_timer(std::chrono::milliseconds delay) noexcept {
  try {
    return begin_timer(delay);
  } catch (...) {  // no memory
    return {};
  }
}

HostCallStart HostCallSession::begin_timer(std::chrono::milliseconds delay) {
  engine::CallId id = 0;
  std::shared_ptr<HostCallInbox> inbox;
  {
    base::MutexLock lock(mutex_);
    touched_.store(true, std::memory_order_release);
    if (closed_) return refused(std::string(kOver));
    inbox = this->inbox();
    const std::uint32_t limit = setup_.limits->timers;
    if (inbox->timers() >= limit && !pass(Limit::kTimers)) return refused(reached("timers", limit));
    id = ++last_id_;
  }
  // No timer outlives the longest wall time by much; this keeps the sum with "now" in range.
  const auto longest = std::chrono::milliseconds(std::chrono::hours(24));
  const auto clamped = std::clamp(delay, std::chrono::milliseconds(0), longest);
  if (!inbox->start_timer(id, clamped)) return refused(std::string(kOver));
  return {Kind::kPending, id, {}};
}

void HostCallSession::cancel_timer(engine::CallId id) noexcept {
  std::shared_ptr<HostCallInbox> inbox;
  {
    base::MutexLock lock(mutex_);
    inbox = inbox_;
  }
  if (inbox) inbox->cancel_timer(id);
}

void HostCallSession::log(LogLevel level, std::string_view text) noexcept {
  try {
    append_log(level, text);
  } catch (...) {  // no memory
    base::MutexLock lock(mutex_);
    ++log_lines_dropped_;
  }
}

void HostCallSession::append_log(LogLevel level, std::string_view text) {
  const Limits& limits = *setup_.limits;
  base::MutexLock lock(mutex_);
  touched_.store(true, std::memory_order_release);
  if (closed_) return;
  // Past a limit: dropped or cut, or, in dry run, kept up to what the host can bear.
  const bool many = log_lines_ >= limits.log_lines;
  const bool longer = text.size() > limits.log_line.count;
  const bool dropped = many && !pass(Limit::kLogLines);
  const bool overlong = longer && pass(Limit::kLogLine);
  if (longer && !overlong) text = base::cut_utf8(text, limits.log_line.count);
  const bool bearable = log_lines_ < kMostLogLines && log_bytes_ + text.size() <= kMostLogBytes;
  if (dropped || ((many || overlong) && !bearable)) {
    ++log_lines_dropped_;
    return;
  }
  logs_.push_back({level, setup_.clock->now() - setup_.started, std::string(text)});
  ++log_lines_;
  log_bytes_ += text.size();
}

engine::RemainingLimits HostCallSession::remaining() noexcept {
  const Limits& limits = *setup_.limits;
  base::Nanoseconds in_turn = setup_.clock->thread_cpu() - cpu_at_turn_start_ - host_cpu_of_turn_;
  if (setup_.isolate != nullptr) in_turn += setup_.isolate->cpu_time_elsewhere();
  const base::Nanoseconds cpu = limits.cpu_time - (cpu_used_ + in_turn);
  const base::Nanoseconds wall = setup_.wall_deadline - setup_.clock->now();
  engine::RemainingLimits left;
  left.cpu_time = std::max(cpu, base::Nanoseconds{0});
  left.wall_time = std::max(wall, base::Nanoseconds{0});
  base::MutexLock lock(mutex_);
  left.host_calls = limits.host_calls - std::min(host_calls_, limits.host_calls);
  left.log_lines = limits.log_lines - std::min(log_lines_, limits.log_lines);
  left.kv_operations =
      key_value_ == nullptr ? limits.kv_operations : key_value_->tally().operations_left();
  left.requests = requests_ == nullptr ? limits.requests : requests_->left();
  if (setup_.events) left.events = events_ ? events_->left() : setup_.events->max_published;
  return left;
}

void HostCallSession::close() noexcept {
  std::shared_ptr<HostCallInbox> inbox;
  std::shared_ptr<KeyValueCalls> key_value;
  std::shared_ptr<RequestCalls> requests;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    inbox = inbox_;
    key_value = key_value_;
    requests = requests_;
  }
  if (inbox) inbox->close();
  if (key_value) key_value->close();
  if (requests) requests->close();
}

std::optional<Outcome> HostCallSession::refused_for() const noexcept {
  if (!touched_.load(std::memory_order_acquire)) return std::nullopt;
  base::MutexLock lock(mutex_);
  if (exceeded_host_calls_) return Outcome::kExceededHostCalls;
  if (key_value_ != nullptr) {
    if (const auto outcome = key_value_->tally().outcome()) return outcome;
  }
  if (requests_ != nullptr) {
    if (const auto outcome = requests_->outcome()) return outcome;
  }
  return events_ == nullptr ? std::nullopt : events_->outcome();
}

std::vector<LogLine> HostCallSession::take_logs() noexcept {
  if (!touched_.load(std::memory_order_acquire)) return {};
  base::MutexLock lock(mutex_);
  return std::exchange(logs_, {});
}

std::vector<RequestRecord> HostCallSession::take_requests() noexcept {
  if (!touched_.load(std::memory_order_acquire)) return {};
  base::MutexLock lock(mutex_);
  return requests_ == nullptr ? std::vector<RequestRecord>() : requests_->take_records();
}

void HostCallSession::add_to(Usage& usage) const {
  if (!touched_.load(std::memory_order_acquire)) return;
  base::MutexLock lock(mutex_);
  usage.host_calls = host_calls_;
  usage.host_call_time = sync_time_;
  usage.log_lines_dropped = log_lines_dropped_;
  usage.log_bytes = Bytes{log_bytes_};
  usage.limits_exceeded |= passed_;
  if (key_value_) key_value_->tally().add_to(usage);
  if (requests_) requests_->add_to(usage);
  if (events_) events_->add_to(usage);
  if (!inbox_) return;
  usage.host_call_time += inbox_->call_time();
  usage.limits_exceeded |= inbox_->passed();
}

bool HostCallSession::pass(Limit limit) {
  passed_ = passed_ | limit;
  return contains(setup_.limits->dry_run, limit);
}

const std::shared_ptr<HostCallInbox>& HostCallSession::inbox() {
  if (!inbox_) inbox_ = std::make_shared<HostCallInbox>(setup_);
  return inbox_;
}

}  // namespace sublet::hostcall
