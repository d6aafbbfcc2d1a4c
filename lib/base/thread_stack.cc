// SPDX-License-Identifier: Apache-2.0
#include "base/thread_stack.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

namespace sublet::base {
namespace {

struct Bounds {
  std::uintptr_t bottom = 0;  // the guard left out
  std::uintptr_t top = 0;
};

bool find_bounds(Bounds& bounds) noexcept {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  void* address = nullptr;
  std::size_t size = 0;
  std::size_t guard = 0;
  const bool known = pthread_attr_getstack(&attributes, &address, &size) == 0 &&
                     pthread_attr_getguardsize(&attributes, &guard) == 0;
  pthread_attr_destroy(&attributes);
  bounds.bottom = reinterpret_cast<std::uintptr_t>(address) + guard;
  bounds.top = reinterpret_cast<std::uintptr_t>(address) + size;
  return known;
}

}  // namespace

std::size_t deepest_stack_use() noexcept {
  Bounds bounds;
  if (!find_bounds(bounds)) return 0;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t first = (bounds.bottom + page - 1) / page * page;
  try {
    std::vector<unsigned char> resident((bounds.top - first) / page);
    if (::mincore(reinterpret_cast<void*>(first), resident.size() * page, resident.data()) != 0) {
      return 0;
    }
    const auto lowest = std::find_if(resident.begin(), resident.end(),
                                     [](unsigned char flags) { return (flags & 1) != 0; });
    return static_cast<std::size_t>(resident.end() - lowest) * page;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

void release_stack_below(std::size_t keep) noexcept {
  Bounds bounds;
  if (!find_bounds(bounds)) return;
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t first = (bounds.bottom + page - 1) / page * page;
  const std::uintptr_t last = here < keep ? 0 : (here - keep) / page * page;
  if (here > bounds.top || last <= first) return;
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace sublet::base
