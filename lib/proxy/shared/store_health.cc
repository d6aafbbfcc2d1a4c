// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/store_health.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "proxy/shared/entries.h"

namespace sublet::proxy {
namespace {

constexpr base::Nanoseconds kFirstDelay = std::chrono::milliseconds(250);
constexpr base::Nanoseconds kMostDelay = std::chrono::seconds(15);
// A store that holds on to calls is not given more of them without end.
constexpr std::size_t kMostUnanswered = 8;

}  // namespace

void StoreHealth::failed(std::string_view what) {
  {
    const base::MutexLock lock(mutex_);
    if (stopped_ || down_.exchange(true)) return;
    // One that comes back for a moment only is asked ever less often.
    const bool rested = setup_.clock->now() - recovered_at_ > kMostDelay;
    if (rested || delay_.count() == 0) delay_ = kFirstDelay;
  }
  if (setup_.fault) setup_.fault("shared limits", what);
  probe_later();
}

void StoreHealth::stop() {
  const base::MutexLock lock(mutex_);
  stopped_ = true;
  setup_.timers->cancel(timer_);
}

void StoreHealth::probe_later() {
  const base::MutexLock lock(mutex_);
  if (stopped_) return;
  timer_ = setup_.timers->schedule(delay_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->probe();
  });
  delay_ = std::min(delay_ * 2, kMostDelay);
}

void StoreHealth::probe() {
  std::size_t number = 0;
  {
    const base::MutexLock lock(mutex_);
    if (stopped_) return;
    number = ++probe_;
    timer_ = setup_.timers->schedule(setup_.time_limit, [weak = weak_from_this(), number] {
      if (const auto self = weak.lock()) self->answered(number, false);
    });
    if (unanswered_ >= kMostUnanswered) return;
    ++unanswered_;
  }
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = probe_place(setup_.process);
  write.value = {KeyValueType::kBytes, {}};
  write.expiry = expiry_after({});
  KeyValueCommit commit{std::string(kHostTenant), {std::move(write)}};
  setup_.store->commit(std::move(commit), [weak = weak_from_this(), number](auto answer) {
    const auto self = weak.lock();
    if (!self) return;
    {
      const base::MutexLock lock(self->mutex_);
      --self->unanswered_;
    }
    self->answered(number, answer && answer->status == KeyValueCommitted::Status::kCommitted);
  });
}

void StoreHealth::answered(std::size_t probe, bool well) {
  {
    const base::MutexLock lock(mutex_);
    if (stopped_ || probe != probe_) return;
    ++probe_;  // what comes for this one from now on is late
    setup_.timers->cancel(timer_);
    if (well) {
      recovered_at_ = setup_.clock->now();
      down_ = false;
    }
  }
  if (!well) return probe_later();
  if (recovered_) recovered_();
}

}  // namespace sublet::proxy
