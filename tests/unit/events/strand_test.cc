// SPDX-License-Identifier: Apache-2.0
#include "events/pump/strand.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace sublet::events {
namespace {

TEST_CASE("a strand: one at a time, each once, in the order of each thread") {
  int between = 0;
  Strand strand([&] { ++between; }, [] { return false; }, [] {});
  // Without a lock: the sanitizers see it where two run at once.
  std::vector<std::pair<int, int>> ran;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&strand, &ran, thread] {
      for (int i = 0; i < 2000; ++i)
        strand.post([&ran, thread, i] { ran.emplace_back(thread, i); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  strand.post_and_wait([] {});
  REQUIRE(ran.size() == 8000);
  std::vector<int> next(4, 0);
  for (const auto& [thread, i] : ran) CHECK(next[static_cast<std::size_t>(thread)]++ == i);
  CHECK(between > 0);
}

TEST_CASE("a strand: what is posted from inside runs afterwards") {
  std::vector<int> ran;
  Strand strand([] {}, [] { return false; }, [] {});
  strand.post([&] {
    strand.post([&] { ran.push_back(2); });
    strand.post_and_wait([&] { ran.push_back(3); });
    ran.push_back(1);
  });
  CHECK(ran == std::vector<int>{1, 2, 3});
}

TEST_CASE("a strand: nobody is kept for ever, and nothing is left behind") {
  int elsewhere = 0;
  int ran = 0;
  Strand strand([] {}, [&] { return ++elsewhere > 0; }, [] {});
  std::function<void()> again = [&] {
    if (++ran < 100) strand.post(again);
  };
  strand.post(again);
  CHECK(ran < 100);
  CHECK(elsewhere == 1);
  // Who waits does it.
  bool last = false;
  strand.post_and_wait([&] { last = true; });
  CHECK(last);
  for (int i = 0; i < 100 && ran < 100; ++i) strand.go_on();
  CHECK(ran == 100);
}

TEST_CASE("a strand: what throws stops nothing") {
  int faults = 0;
  int ran = 0;
  Strand strand([] {}, [] { return false; }, [&] { ++faults; });
  strand.post([] { throw std::runtime_error("x"); });
  strand.post([&] { ++ran; });
  CHECK(faults == 1);
  CHECK(ran == 1);
}

}  // namespace
}  // namespace sublet::events
