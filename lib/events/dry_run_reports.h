// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "base/mutex.h"
#include "sublet/events.h"

namespace sublet::events {

// Tells of controls in dry run: each, of each queue that it would have acted on, once a second.
//
// Ownership: `clock` outlives it. Thread safety: thread-safe.
class DryRunReports {
 public:
  using Report = std::function<void(const EventControl&, const EventScope& on)>;

  DryRunReports(Report report, const base::Clock& clock)
      : report_(std::move(report)), clock_(clock) {}

  void tell(const EventControl& control, const EventQueueName& queue);

 private:
  // Of a second; more than these are not told.
  static constexpr std::size_t kMost = 10'000;

  bool is_first(const EventControl& control, const EventQueueName& queue);

  const Report report_;
  const base::Clock& clock_;
  base::Mutex mutex_;
  std::unordered_set<std::string> told_ SUBLET_GUARDED_BY(mutex_);  // since
  base::TimePoint since_ SUBLET_GUARDED_BY(mutex_){};
};

}  // namespace sublet::events
