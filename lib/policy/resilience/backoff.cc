// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/backoff.h"

#include <algorithm>

namespace sublet::policy {

base::Nanoseconds jittered(base::Nanoseconds most, RandomSource& random) {
  return base::Nanoseconds(
      static_cast<std::int64_t>(random.up_to(static_cast<std::uint64_t>(most.count()))));
}

base::Nanoseconds backoff(base::Nanoseconds first, base::Nanoseconds last, std::uint32_t retry,
                          RandomSource& random) {
  base::Nanoseconds most = std::min(first, last);
  for (std::uint32_t i = 1; i < retry && most.count() > 0 && most < last; ++i) {
    most = most > last / 2 ? last : most * 2;
  }
  return jittered(most, random);
}

}  // namespace sublet::policy
