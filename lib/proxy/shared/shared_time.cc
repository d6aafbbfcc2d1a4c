// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/shared_time.h"

#include <algorithm>
#include <chrono>

namespace sublet::proxy {
namespace {

std::int64_t begin(const KeyValueClock& calendar) {
  const KeyValueTime now = calendar ? calendar()
                                    : std::chrono::time_point_cast<std::chrono::milliseconds>(
                                          std::chrono::system_clock::now());
  constexpr std::chrono::milliseconds kMost =
      std::chrono::duration_cast<std::chrono::milliseconds>(SharedTime::kLast.time_since_epoch());
  const auto since_1970 =
      std::clamp(now.time_since_epoch(), std::chrono::milliseconds{0}, kMost / 2);
  return base::Nanoseconds(since_1970).count();
}

}  // namespace

SharedTime::SharedTime(const base::Clock& clock, const KeyValueClock& calendar)
    : clock_(clock), offset_(begin(calendar) - clock.now().time_since_epoch().count()) {}

base::TimePoint SharedTime::now() const noexcept {
  return std::min(clock_.now() + base::Nanoseconds(offset_.load()), kLast);
}

void SharedTime::observe(base::TimePoint at) noexcept {
  const std::int64_t offset = (std::min(at, kLast) - clock_.now()).count();
  std::int64_t present = offset_.load();
  while (present < offset && !offset_.compare_exchange_weak(present, offset)) {
  }
}

}  // namespace sublet::proxy
