// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/inner_store.h"

namespace sublet::adapters {

thread_local InnerStore::Use* InnerStore::innermost_ = nullptr;

InnerStore::Use::Use(InnerStore& inner) : inner_(inner), outer_(innermost_) {
  innermost_ = this;
  const base::MutexLock lock(inner_.mutex_);
  store_ = inner_.store_.get();
  if (store_ != nullptr) ++inner_.uses_;
}

InnerStore::Use::~Use() {
  innermost_ = outer_;
  if (store_ == nullptr) return;
  const base::MutexLock lock(inner_.mutex_);
  --inner_.uses_;
  inner_.returned_.notify_all();
}

std::size_t InnerStore::Use::of_this_thread(const InnerStore& inner) {
  std::size_t count = 0;
  for (const Use* use = innermost_; use != nullptr; use = use->outer_) {
    if (&use->inner_ == &inner && use->store_ != nullptr) ++count;
  }
  return count;
}

void InnerStore::end() {
  std::shared_ptr<KeyValueStore> store;
  const std::size_t own = Use::of_this_thread(*this);
  const base::MutexLock lock(mutex_);
  // No further calls; those that other threads are in come back.
  store.swap(store_);
  while (uses_ > own) returned_.wait(mutex_);
}

}  // namespace sublet::adapters
