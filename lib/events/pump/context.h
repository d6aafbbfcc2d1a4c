// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "events/pump.h"
#include "events/pump/strand.h"
#include "events/setup.h"
#include "policy/resilience/random_source.h"

namespace sublet::events {

// What the parts of a pump share.
//
// Ownership: the pump's. Thread safety: none; the pump's strand, but for answer()'s callbacks,
// which any thread may call.
class PumpContext {
 public:
  PumpContext(const Setup& setup, const PumpOptions& options, Strand& strand)
      : setup_(setup), options_(options), random_(setup.random_seed), strand_(strand) {}
  // Before all else: answers that come when it is gone go nowhere.
  void set_pump(std::weak_ptr<Pump> pump) { pump_ = std::move(pump); }

  const Setup& setup() const { return setup_; }
  const PumpOptions& options() const { return options_; }
  EventQueue& queue() const { return *setup_.queue; }
  policy::RandomSource& random() { return random_; }
  base::TimePoint now() const { return setup_.clock->now(); }

  // The queue's time, by what it last said and what has passed since: jumps of this machine's clock
  // do no harm.
  EventTime queue_now() const {
    if (!queue_time_known_) return setup_.calendar();
    return queue_time_ + std::chrono::duration_cast<std::chrono::milliseconds>(now() - read_at_);
  }
  void set_queue_time(EventTime time) {
    queue_time_ = time;
    read_at_ = now();
    queue_time_known_ = true;
  }
  // When a time of the queue's is here. Times far off are kept within what can be counted.
  base::TimePoint local(EventTime time) const {
    constexpr std::chrono::milliseconds kFar = std::chrono::hours(24 * 400);
    return now() + std::clamp<std::chrono::milliseconds>(time - queue_now(), -kFar, kFar);
  }

  // A callback that hands its value to `take` on the strand.
  template <typename Value, typename Take>
  std::function<void(Value)> answer(Take take) const {
    return [pump = pump_, &strand = strand_, take = std::move(take)](Value value) {
      const std::shared_ptr<Pump> kept = pump.lock();
      if (kept == nullptr) return;
      strand.post(
          [take, value = std::make_shared<Value>(std::move(value))] { take(std::move(*value)); });
    };
  }

  void fault(std::string_view where, std::string_view what) const {
    if (setup_.reports.fault) setup_.reports.fault(where, what);
  }

 private:
  const Setup setup_;
  const PumpOptions options_;
  policy::SplitMix64 random_;
  Strand& strand_;
  std::weak_ptr<Pump> pump_;
  EventTime queue_time_{};
  base::TimePoint read_at_{};
  bool queue_time_known_ = false;
};

}  // namespace sublet::events
