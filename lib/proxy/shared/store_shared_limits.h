// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/timer_service.h"
#include "proxy/shared_limits.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::proxy {

class BreakerNews;
class BreakerWatch;
class LeasedBuckets;
class StoreHealth;

struct StoreSharedLimitsSetup {
  std::shared_ptr<KeyValueStore> store;  // that of all the host's processes
  base::TimerService* timers = nullptr;  // outlives the limits
  // Outlives what the store still computes for these limits, too; the machine's does.
  const base::Clock* clock = nullptr;
  // Where the time that processes share begins; empty means the machine's. Called once.
  KeyValueClock calendar;
  // Random, and another one in each process: tells its own breakers from the others'.
  std::string process;
  // The longest that a take() waits for the store. One that does not answer within half of this
  // counts as away.
  base::Nanoseconds time_limit = std::chrono::milliseconds(250);
  // Told once when the store is away; may be empty. Called under no lock, must not block or throw.
  std::function<void(std::string_view where, std::string_view what)> fault;
};

// Rates and breakers that several processes of a host keep together in a store, under a tenant
// "sublet/host" that no tenant of the host can be. Entries expire once they mean nothing any more.
//
// Together the processes admit no more than one could alone. While the store is away each admits
// what it could alone, and hears nothing of the others' breakers.
//
// Ownership: holds the store. The destructor refuses calls that wait.
// Thread safety: thread-safe.
class StoreSharedLimits final : public SharedLimits {
 public:
  explicit StoreSharedLimits(StoreSharedLimitsSetup setup);
  ~StoreSharedLimits() override;
  StoreSharedLimits(const StoreSharedLimits&) = delete;
  StoreSharedLimits& operator=(const StoreSharedLimits&) = delete;

  void take(std::vector<SharedBucket> buckets, std::function<void(Taken)> done) override;
  void breaker_opened(const std::string& key, base::Nanoseconds open_for) override;
  void breaker_closed(const std::string& key) override;
  std::optional<base::Nanoseconds> open_elsewhere(const std::string& key) override;

 private:
  std::shared_ptr<StoreHealth> health_;
  std::shared_ptr<LeasedBuckets> buckets_;
  std::shared_ptr<BreakerNews> news_;
  std::shared_ptr<BreakerWatch> watch_;
};

}  // namespace sublet::proxy
