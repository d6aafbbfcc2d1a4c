// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>

namespace sublet::adapters {

// Repeats a step that asks for its next turn itself, or from an answer that it waits for: one turn
// after the other, never one inside the other, however many there are.
//
// Ownership: a part of what it repeats a step of.
// Thread safety: thread-safe; what one turn has done the next one sees.
class Steps {
 public:
  // Takes a turn; where one is being taken, that thread takes the next one too. The step keeps the
  // owner alive, and throws nothing.
  template <typename Step>
  void next(Step&& step) {
    if (asked_.fetch_add(1) != 0) return;
    do {
      step();
    } while (asked_.fetch_sub(1) != 1);
  }

 private:
  std::atomic<std::size_t> asked_{0};
};

}  // namespace sublet::adapters
