// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/timer_service.h"
#include "proxy/shared/leased_bucket.h"
#include "proxy/shared/shared_time.h"

namespace sublet::proxy {

// One commit that takes tokens of one or several buckets, or of none.
//
// Ownership: shared by the one who asks and the store's functions, which may run late.
// Thread safety: what the store computes has a lock of its own; the rest is its owner's.
class LeaseFlight : public std::enable_shared_from_this<LeaseFlight> {
 public:
  struct Part {
    LeasedBucket* bucket = nullptr;
    std::string key;
    Rate rate;
    std::uint32_t needed = 1;
    std::uint32_t wanted = 1;
  };
  struct Outcome {
    LeasedTokens tokens;
    base::TimePoint asked_at{};  // by this process's clock
    bool known = false;          // the store came to this part
  };

  LeaseFlight(std::vector<Part> parts, std::shared_ptr<SharedTime> time)
      : parts_(std::move(parts)), outcomes_(parts_.size()), time_(std::move(time)) {}

  KeyValueCommit commit();
  const std::vector<Part>& parts() const noexcept { return parts_; }
  Outcome outcome(std::size_t part) const;

  // -- the owner's
  bool over = false;
  base::TimerService::TimerId timer = 0;

 private:
  Result<std::optional<KeyValueValue>> compute(std::size_t part, const KeyValueEntry* current);

  const std::vector<Part> parts_;
  mutable base::Mutex mutex_;
  std::vector<Outcome> outcomes_ SUBLET_GUARDED_BY(mutex_);
  const std::shared_ptr<SharedTime> time_;
};

}  // namespace sublet::proxy
