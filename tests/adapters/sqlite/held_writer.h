// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <latch>
#include <memory>
#include <utility>

#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store.h"

namespace sublet {

// While it lives the store's writer waits in a callback, so that calls pile up. Only a test may
// wait there.
class HeldWriter {
 public:
  explicit HeldWriter(KeyValueStore& store,
                      KeyValueCommit request = commit_of({put_of("held", "")})) {
    store.commit(std::move(request), callback());
    entered_.wait();
  }
  explicit HeldWriter(adapters::sqlite::Store& store) {
    store.push(adapters::sqlite::CommitCall{commit_of({put_of("held", "")}), callback(), {}});
    entered_.wait();
  }
  ~HeldWriter() { release(); }
  HeldWriter(const HeldWriter&) = delete;
  HeldWriter& operator=(const HeldWriter&) = delete;

  void release() {
    if (!std::exchange(released_, true)) leave_->count_down();
  }

 private:
  KeyValueCallback<KeyValueCommitted> callback() {
    return [this, leave = leave_](Result<KeyValueCommitted>) {
      entered_.count_down();
      leave->wait();
    };
  }

  std::latch entered_{1};
  // Outlives this: the writer may still be inside when it goes.
  std::shared_ptr<std::latch> leave_ = std::make_shared<std::latch>(1);
  bool released_ = false;
};

}  // namespace sublet
