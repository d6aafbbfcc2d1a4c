// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::proxy {

// Whether the store answers. Once it failed, nothing is asked of it but by a probe now and then,
// until that succeeds. Each outage is told once.
//
// Ownership: shared, since answers come late.
// Thread safety: thread-safe. `fault` and `recovered` are called under no lock.
class StoreHealth : public std::enable_shared_from_this<StoreHealth> {
 public:
  struct Setup {
    std::shared_ptr<KeyValueStore> store;
    base::TimerService* timers = nullptr;
    const base::Clock* clock = nullptr;
    std::string process;
    base::Nanoseconds time_limit{0};  // of a probe
    std::function<void(std::string_view where, std::string_view what)> fault;
  };

  explicit StoreHealth(Setup setup) : setup_(std::move(setup)) {}

  // Called after each outage; set before anything else is called.
  void on_recovered(std::function<void()> recovered) { recovered_ = std::move(recovered); }

  bool down() const noexcept { return down_; }
  void failed(std::string_view what);
  // No more probes.
  void stop();

 private:
  void probe_later();
  void probe();
  void answered(std::size_t probe, bool well);

  const Setup setup_;
  std::function<void()> recovered_;
  std::atomic<bool> down_{false};
  base::Mutex mutex_;
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
  base::TimerService::TimerId timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  base::Nanoseconds delay_ SUBLET_GUARDED_BY(mutex_){0};
  base::TimePoint recovered_at_ SUBLET_GUARDED_BY(mutex_){};
  std::size_t probe_ SUBLET_GUARDED_BY(mutex_) = 0;  // the present one
  std::size_t unanswered_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::proxy
