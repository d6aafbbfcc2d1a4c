// SPDX-License-Identifier: Apache-2.0
#include "events/dry_run_reports.h"

#include <chrono>
#include <utility>

#include "events/control_record.h"

namespace sublet::events {

void DryRunReports::tell(const EventControl& control, const EventQueueName& queue) {
  if (report_ == nullptr || !is_first(control, queue)) return;
  report_(control, EventScope{queue.tenant, queue.extension, queue.event});
}

bool DryRunReports::is_first(const EventControl& control, const EventQueueName& queue) {
  std::string name = control.scope.tenant + ' ' + control_name(control.scope, control.action) +
                     '\n' + queue.tenant + ' ' + queue.extension + ' ' + queue.event;
  const base::TimePoint now = clock_.now();
  base::MutexLock lock(mutex_);
  if (now - since_ >= std::chrono::seconds(1)) {
    told_.clear();
    since_ = now;
  }
  return told_.size() < kMost && told_.insert(std::move(name)).second;
}

}  // namespace sublet::events
