// SPDX-License-Identifier: Apache-2.0
#include "hostcall/host_call_inbox.h"

#include <algorithm>
#include <utility>

namespace sublet::hostcall {
namespace {

// Ids only grow, so both lists are sorted by them.
template <typename Item>
typename std::vector<Item>::iterator find_by_id(std::vector<Item>& items, engine::CallId id) {
  const auto place =
      std::lower_bound(items.begin(), items.end(), id,
                       [](const Item& item, engine::CallId wanted) { return item.id < wanted; });
  return place != items.end() && place->id == id ? place : items.end();
}

}  // namespace

HostCallInbox::HostCallInbox(const SessionSetup& setup)
    : sink_(setup.sink),
      timer_service_(*setup.timers),
      clock_(*setup.clock),
      limits_(AnswerLimits::of(*setup.limits)) {}

void HostCallInbox::open_call(engine::CallId id) {
  base::MutexLock lock(mutex_);
  calls_.push_back(Call{id, base::TimePoint{}, true, std::nullopt});
}

std::optional<CheckedAnswer> HostCallInbox::take_early(engine::CallId id) {
  base::MutexLock lock(mutex_);
  Call* call = find_call(id);
  if (call == nullptr) return std::nullopt;
  call->starting = false;
  if (!call->early) {
    call->started = clock_.now();  // what was answered at once took no time worth two readings
    return std::nullopt;
  }
  CheckedAnswer answer = std::move(*call->early);
  calls_.erase(calls_.begin() + (call - calls_.data()));
  return answer;
}

void HostCallInbox::answer(engine::CallId id, Result<std::string> answer) {
  {
    base::MutexLock lock(mutex_);
    if (find_call(id) == nullptr) return;
  }
  settle(id, check_answer(std::move(answer), limits_));  // may take long: no lock held
}

void HostCallInbox::settle(engine::CallId id, CheckedAnswer checked) {
  {
    base::MutexLock lock(mutex_);
    passed_ |= checked.passed;
    Call* call = find_call(id);
    if (call == nullptr) return;
    if (call->starting) {
      call->early = std::move(checked);
      return;
    }
    end_call(*call);
  }
  if (const auto sink = sink_.lock()) {
    sink->completed(
        {id, checked.ok, std::move(checked.text), checked.bytes, std::move(checked.code)});
  }
}

std::size_t HostCallInbox::pending_calls() const {
  base::MutexLock lock(mutex_);
  return calls_.size();
}

std::stop_token HostCallInbox::stop_token() {
  base::MutexLock lock(mutex_);
  if (!stop_.stop_possible()) stop_ = std::stop_source();
  if (closed_) stop_.request_stop();  // nobody listens to a new one yet
  return stop_.get_token();
}

bool HostCallInbox::start_timer(engine::CallId id, base::Nanoseconds delay) {
  {
    base::MutexLock lock(mutex_);
    if (closed_) return false;
    timers_.push_back(Timer{id, 0});
  }
  const base::TimerService::TimerId timer =
      timer_service_.schedule(delay, [self = shared_from_this(), id] { self->fire(id); });
  {
    base::MutexLock lock(mutex_);
    if (timer == 0) {
      take_timer(id);
      return false;
    }
    const auto place = find_by_id(timers_, id);
    if (place != timers_.end()) place->timer = timer;
    if (place != timers_.end() || !closed_) return true;  // waits, or fired already
  }
  timer_service_.cancel(timer);
  return false;
}

void HostCallInbox::cancel_timer(engine::CallId id) {
  std::optional<Timer> timer;
  {
    base::MutexLock lock(mutex_);
    timer = take_timer(id);
  }
  if (timer) timer_service_.cancel(timer->timer);
}

std::size_t HostCallInbox::timers() const {
  base::MutexLock lock(mutex_);
  return timers_.size();
}

void HostCallInbox::fire(engine::CallId id) {
  {
    base::MutexLock lock(mutex_);
    if (!take_timer(id)) return;
  }
  if (const auto sink = sink_.lock()) sink->completed({id, true, {}});
}

void HostCallInbox::close() {
  std::vector<Timer> timers;
  std::stop_source stop{std::nostopstate};
  {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    closed_ = true;
    while (!calls_.empty()) end_call(calls_.back());
    timers.swap(timers_);
    stop = stop_;
  }
  for (const Timer& timer : timers) timer_service_.cancel(timer.timer);
  stop.request_stop();
}

base::Nanoseconds HostCallInbox::call_time() const {
  base::MutexLock lock(mutex_);
  return call_time_;
}

LimitSet HostCallInbox::passed() const {
  base::MutexLock lock(mutex_);
  return passed_;
}

HostCallInbox::Call* HostCallInbox::find_call(engine::CallId id) {
  const auto place = find_by_id(calls_, id);
  return place == calls_.end() ? nullptr : &*place;
}

void HostCallInbox::end_call(Call& call) {
  if (call.started != base::TimePoint{}) call_time_ += clock_.now() - call.started;
  calls_.erase(calls_.begin() + (&call - calls_.data()));
}

std::optional<HostCallInbox::Timer> HostCallInbox::take_timer(engine::CallId id) {
  const auto place = find_by_id(timers_, id);
  if (place == timers_.end()) return std::nullopt;
  const Timer timer = *place;
  timers_.erase(place);
  return timer;
}

}  // namespace sublet::hostcall
