// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sublet {

// While it lives, `operator new` throws on this thread: after it has given memory so many times,
// once or from then on. One at a time on a thread.
class FailingMemory {
 public:
  enum class Times : std::uint8_t { kOnce, kAlways };
  explicit FailingMemory(std::size_t given, Times times = Times::kAlways);
  ~FailingMemory() { stop(); }
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;

  // Ends it; whether memory was refused.
  bool stop();
};

}  // namespace sublet
