// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/timer_service.h"
#include "proxy/shared/shared_time.h"
#include "proxy/shared/store_health.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::proxy {

// What every part of the shared limits has of the store that processes share.
struct SharedStore {
  std::shared_ptr<KeyValueStore> store;
  std::shared_ptr<StoreHealth> health;
  std::shared_ptr<SharedTime> time;
  base::TimerService* timers = nullptr;
  std::string process;            // tells its own entries from the others'
  base::Nanoseconds patience{0};  // with one call of the store
};

}  // namespace sublet::proxy
