// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/access.h"

namespace sublet::hostcall {

bool KeyValueMeter::take(const Rate& rate, std::uint32_t count, base::TimePoint now) {
  base::MutexLock lock(mutex_);
  return bucket_.take(rate, count, now);
}

std::uint64_t KeyValueMeter::available(const Rate& rate, base::TimePoint now) const {
  base::MutexLock lock(mutex_);
  return bucket_.available(rate, now);
}

bool KeyValueMeter::nears(Limit limit, std::uint64_t used, std::uint64_t quota, bool refused) {
  // Divided first: a quota may be anything.
  const bool near = refused || used > quota - quota / 10;
  const bool calm = used < quota - quota / 5;
  base::MutexLock lock(mutex_);
  if (near && !contains(near_, limit)) {
    near_ = near_ | limit;
    return true;
  }
  if (!near && calm) near_ &= ~static_cast<LimitSet>(limit);
  return false;
}

}  // namespace sublet::hostcall
