// SPDX-License-Identifier: Apache-2.0
#include "base/thread_stack.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <cstddef>

namespace sublet::base {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

[[gnu::noinline]] int use_stack(int levels) {
  volatile char page[16384];
  page[0] = static_cast<char>(levels);
  if (levels > 0) page[0] = static_cast<char>(page[0] + use_stack(levels - 1));
  return page[0];
}

struct Seen {
  std::size_t before = 0;
  std::size_t deep = 0;
  std::size_t released = 0;
};

void* look(void* argument) {
  auto* seen = static_cast<Seen*>(argument);
  seen->before = deepest_stack_use();
  (void)use_stack(512);  // 8 MiB
  seen->deep = deepest_stack_use();
  release_stack_below(kMebibyte);
  seen->released = deepest_stack_use();
  return nullptr;
}

TEST_CASE("thread stack: the deepest use is seen, and what is below can be given back") {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 64 * kMebibyte) == 0);
  Seen seen;
  pthread_t thread{};
  REQUIRE(pthread_create(&thread, &attributes, look, &seen) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(seen.before < kMebibyte);
  CHECK(seen.deep > 7 * kMebibyte);
  CHECK(seen.deep < 16 * kMebibyte);
  CHECK(seen.released < 2 * kMebibyte);
}

}  // namespace
}  // namespace sublet::base
