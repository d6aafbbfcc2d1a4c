// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"

namespace sublet::proxy {

// A thread for what takes so long that the transport's must not wait for it: large answers that are
// searched for secrets. It starts with the first piece of work; tenants take turns.
//
// Ownership: owned by the core, whose last owner may be a piece of work itself.
// Thread safety: thread-safe.
class LongWork {
 public:
  LongWork();
  ~LongWork();  // drops what waits, and waits for what runs, unless it is inside that
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // False: there is no thread to be had; nothing was taken.
  bool post(const std::string& tenant, std::function<void()> work);

 private:
  struct Queue;

  const std::shared_ptr<Queue> queue_;
  base::Mutex mutex_;
  std::thread thread_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::proxy
