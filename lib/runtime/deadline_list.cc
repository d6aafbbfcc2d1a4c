// SPDX-License-Identifier: Apache-2.0
#include "runtime/deadline_list.h"

namespace sublet::runtime {

Deadline DeadlineList::add(base::TimePoint at, Callback callback, bool& is_earliest) {
  base::MutexLock lock(mutex_);
  const Deadline deadline{at, ++last_number_};
  const auto place = waiting_.emplace(deadline, std::move(callback)).first;
  is_earliest = place == waiting_.begin();
  return deadline;
}

bool DeadlineList::cancel(const Deadline& deadline) {
  Callback dropped;  // ends outside the lock: what it holds may have a destructor of its own
  base::MutexLock lock(mutex_);
  const auto place = waiting_.find(deadline);
  if (place == waiting_.end()) return false;
  dropped = std::move(place->second);
  waiting_.erase(place);
  return true;
}

void DeadlineList::take_due(base::TimePoint now, std::vector<Callback>& due) {
  base::MutexLock lock(mutex_);
  while (!waiting_.empty() && waiting_.begin()->first.at <= now) {
    due.push_back(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
  }
}

base::TimePoint DeadlineList::earliest() const {
  base::MutexLock lock(mutex_);
  return waiting_.empty() ? base::TimePoint::max() : waiting_.begin()->first.at;
}

}  // namespace sublet::runtime
