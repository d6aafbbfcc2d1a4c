// SPDX-License-Identifier: Apache-2.0
#include "proxy/exchange.h"

#include <algorithm>
#include <utility>

#include "proxy/errors.h"

namespace sublet::proxy {

Exchange::Exchange(std::shared_ptr<Core> core, Core::Id id,
                   std::shared_ptr<const RequestAccess> access, RequestCall call,
                   AnswerCallback done)
    : core_(std::move(core)),
      id_(id),
      role_(Role::kOwn),
      access_(std::move(access)),
      call_(std::move(call)),
      done_(std::move(done)) {}

Exchange::Exchange(std::shared_ptr<Core> core, Core::Id id,
                   std::shared_ptr<const RequestAccess> access, RequestCall call,
                   AnswerCallback done, Role role, Prepared prepared)
    : core_(std::move(core)),
      id_(id),
      role_(role),
      access_(std::move(access)),
      call_(std::move(call)),
      done_(std::move(done)),
      stage_(Stage::kCheck),
      token_(std::move(prepared.token)),
      plan_(std::move(prepared.plan)),
      secrets_(std::move(prepared.secrets)) {}

void Exchange::start() noexcept {
  begun_ = core_->now();
  const auto most = access_->limits.request_time;
  const auto patience = std::min(call_.options.timeout.value_or(most), most);
  deadline_ = std::min(call_.deadline, begun_ + patience);
  run();
}

void Exchange::refuse(RequestError error) noexcept {
  begun_ = core_->now();
  const auto self = shared_from_this();
  end(std::move(error));
}

void Exchange::cancel() noexcept {
  {
    base::MutexLock lock(mutex_);
    if (ended_) return;
    canceled_ = true;
    if (std::exchange(running_, true)) return;
  }
  run();
}

void Exchange::wake() noexcept {
  {
    base::MutexLock lock(mutex_);
    if (ended_) return;
    woken_ = true;
    if (std::exchange(running_, true)) return;
  }
  run();
}

void Exchange::run() noexcept {
  const auto self = shared_from_this();  // it may leave the core's list
  for (;;) {
    run_stages();
    std::optional<Signals> signals = take_signals();
    if (!signals) return;
    handle(*std::move(signals));
  }
}

void Exchange::run_stages() noexcept {
  try {
    while (stage_ != Stage::kWaiting && stage_ != Stage::kDone) {
      {
        base::MutexLock lock(mutex_);
        if (canceled_) return;
      }
      proceed();
    }
    if (stage_ == Stage::kWaiting && !has_signals()) set_timer();
  } catch (...) {
    end(of_internal());
  }
}

void Exchange::proceed() {
  if (core_->now() >= deadline_) return fail(of_deadline());
  switch (stage_) {
    case Stage::kToken:
      return ask_token();
    case Stage::kPlan:
      return make_plan();
    case Stage::kCheck:
      return check_plan();
    case Stage::kHop:
      return enter_hop();
    case Stage::kRates:
      return ask_rates();
    case Stage::kAdmit:
      return ask_admission();
    case Stage::kResolve:
      return ask_names();
    case Stage::kSend:
      return send();
    case Stage::kWaiting:
    case Stage::kDone:
      return;
  }
}

bool Exchange::has_signals() {
  base::MutexLock lock(mutex_);
  return canceled_ || woken_ || event_.index() != 0;
}

// Nothing: the thread that asks does not run it any more.
std::optional<Exchange::Signals> Exchange::take_signals() {
  base::MutexLock lock(mutex_);
  const bool answered = event_.index() != 0;
  if (ended_ || (!canceled_ && !woken_ && !answered)) {
    running_ = false;
    return std::nullopt;
  }
  if (answered) ++step_;  // whoever answers twice is late
  Signals signals;
  signals.event = std::exchange(event_, Event());
  signals.canceled = canceled_;
  signals.woken = std::exchange(woken_, false);
  return signals;
}

void Exchange::handle(Signals signals) noexcept {
  if (signals.woken) timer_ = 0;
  if (signals.canceled) return end(of_cancel());
  try {
    if (signals.event.index() != 0) return on_event(std::move(signals.event));
    on_time();
  } catch (...) {
    end(of_internal());
  }
}

void Exchange::on_event(Event event) {
  if (auto* const tokened = std::get_if<Tokened>(&event)) return on_token(std::move(*tokened));
  if (auto* const landed = std::get_if<Landed>(&event)) return on_landed(std::move(*landed));
  if (auto* const taken = std::get_if<SharedLimits::Taken>(&event)) return on_taken(*taken);
  if (auto* const names = std::get_if<Resolved>(&event)) return on_names(*names);
  if (auto* const response = std::get_if<HttpResponse>(&event)) {
    return on_response(std::move(*response));
  }
}

void Exchange::on_time() {
  const base::TimePoint now = core_->now();
  if (waiting_ == Waiting::kRetry && now >= retry_at_) {
    stage_ = Stage::kRates;
  } else if (waiting_ != Waiting::kAnswer && now >= deadline_) {
    fail(of_deadline());
  }
}

template <typename T>
void Exchange::deliver(std::uint64_t step, T what) noexcept {
  {
    base::MutexLock lock(mutex_);
    if (ended_ || step != step_ || event_.index() != 0) return;
    event_.emplace<T>(std::move(what));
    if (std::exchange(running_, true)) return;
  }
  run();
}

template void Exchange::deliver(std::uint64_t, Tokened) noexcept;
template void Exchange::deliver(std::uint64_t, Landed) noexcept;
template void Exchange::deliver(std::uint64_t, SharedLimits::Taken) noexcept;
template void Exchange::deliver(std::uint64_t, Resolved) noexcept;
template void Exchange::deliver(std::uint64_t, HttpResponse) noexcept;

std::uint64_t Exchange::wait_for(Waiting what) {
  stage_ = Stage::kWaiting;
  waiting_ = what;
  base::MutexLock lock(mutex_);
  event_ = Event();  // of a step that was given up
  return ++step_;
}

// What the transport does has its own limit of time.
void Exchange::set_timer() {
  if (waiting_ == Waiting::kAnswer) return;
  const base::TimePoint at =
      waiting_ == Waiting::kRetry ? std::min(retry_at_, deadline_) : deadline_;
  base::TimerService& timers = *core_->setup().timers;
  if (timer_ != 0) {
    if (timer_at_ <= at) return;  // it is woken early, and sets another
    timers.cancel(timer_);
  }
  timer_at_ = at;
  timer_ =
      timers.schedule(std::max(base::Nanoseconds{0}, at - core_->now()), [self = weak_from_this()] {
        if (const auto exchange = self.lock()) exchange->wake();
      });
}

}  // namespace sublet::proxy
