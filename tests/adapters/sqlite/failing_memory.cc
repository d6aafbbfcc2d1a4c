// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/failing_memory.h"

#include <cstdlib>
#include <new>

namespace sublet {
namespace {

struct State {
  bool active = false;
  bool refused = false;
  FailingMemory::Times times = FailingMemory::Times::kAlways;
  std::size_t left = 0;
};
thread_local State state;

bool refuses() {
  if (!state.active) return false;
  if (state.left > 0) {
    --state.left;
    return false;
  }
  if (state.refused && state.times == FailingMemory::Times::kOnce) return false;
  state.refused = true;
  return true;
}

}  // namespace

FailingMemory::FailingMemory(std::size_t given, Times times) {
  state = {true, false, times, given};
}

bool FailingMemory::stop() {
  state.active = false;
  return state.refused;
}

}  // namespace sublet

void* operator new(std::size_t size) {
  if (sublet::refuses()) throw std::bad_alloc();
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
