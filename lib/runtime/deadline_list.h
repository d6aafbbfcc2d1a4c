// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"

namespace sublet::runtime {

// Names one scheduled deadline. A default one names none.
struct Deadline {
  base::TimePoint at{};
  std::uint64_t number = 0;

  friend auto operator<=>(const Deadline&, const Deadline&) = default;
};

// Callbacks ordered by the time they are due. Thread-safe; time is passed in.
class DeadlineList {
 public:
  using Callback = std::function<void()>;

  // `is_earliest` tells whether nothing is due before it.
  Deadline add(base::TimePoint at, Callback callback, bool& is_earliest) SUBLET_EXCLUDES(mutex_);
  // False: it was taken, or is not known.
  bool cancel(const Deadline& deadline) SUBLET_EXCLUDES(mutex_);
  // Moves what is due at `now` to the end of `due`, earliest first.
  void take_due(base::TimePoint now, std::vector<Callback>& due) SUBLET_EXCLUDES(mutex_);
  // TimePoint::max() where nothing waits.
  base::TimePoint earliest() const SUBLET_EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::map<Deadline, Callback> waiting_ SUBLET_GUARDED_BY(mutex_);
  std::uint64_t last_number_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::runtime
