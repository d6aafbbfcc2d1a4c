// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "policy/resilience/keyed_table.h"
#include "proxy/shared/lease_flight.h"
#include "proxy/shared/leased_bucket.h"
#include "proxy/shared/shared_store.h"
#include "proxy/shared_limits.h"

namespace sublet::proxy {

// Takes tokens of buckets that are kept in a store. Tokens are taken of the store before they are
// used, several at once, so what all processes admit together is what one alone could. A call whose
// buckets have tokens here is answered inside; others wait for one commit, or for that of another
// call about the same bucket. While the store is away this process counts alone.
//
// Ownership: shared, since answers come late.
// Thread safety: thread-safe. Callbacks run under no lock.
class LeasedBuckets : public std::enable_shared_from_this<LeasedBuckets> {
 public:
  using Callback = std::function<void(SharedLimits::Taken)>;

  explicit LeasedBuckets(SharedStore shared);

  void take(std::vector<SharedBucket> buckets, Callback done);
  // Refuses whoever waits, and from now on everybody.
  void stop();

 private:
  using Call = std::unique_ptr<SharedTake>;
  using Flight = std::shared_ptr<LeaseFlight>;

  // What is to be done once the lock is gone.
  struct Work {
    std::vector<std::pair<Callback, SharedLimits::Taken>> answers;
    std::vector<Flight> flights;
  };

  bool find_buckets(SharedTake& call) SUBLET_REQUIRES(mutex_);
  void settle(Call call, Work& work) SUBLET_REQUIRES(mutex_);
  void settle_alone(Call call, Work& work) SUBLET_REQUIRES(mutex_);
  void ask_store(Call call, Work& work) SUBLET_REQUIRES(mutex_);
  void answer(Call call, SharedLimits::Taken taken, Work& work) SUBLET_REQUIRES(mutex_);

  void run(Work work);
  void send(const Flight& flight);
  void answered(const Flight& flight, const Result<KeyValueCommitted>& answer);
  void timed_out(const Flight& flight);
  // Null: it failed.
  void land(const Flight& flight, const KeyValueCommitted* committed);
  void fill(const LeaseFlight& flight, const KeyValueCommitted& committed) SUBLET_REQUIRES(mutex_);

  const SharedStore shared_;
  base::Mutex mutex_;
  policy::KeyedTable<LeasedBucket> buckets_ SUBLET_GUARDED_BY(mutex_);
  std::size_t waiting_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::vector<Flight> flights_ SUBLET_GUARDED_BY(mutex_);
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::proxy
