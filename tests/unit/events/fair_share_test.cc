// SPDX-License-Identifier: Apache-2.0
#include "policy/fair_share.h"

#include <doctest/doctest.h>

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

// A tenant that used the processor alone for a while.
Share busy_for(FairShare& fair, std::chrono::nanoseconds time) {
  Share busy;
  fair.charge(busy, time, 1ms);
  fair.served(busy, 1s);
  return busy;
}

// How much CPU time somebody may use before the busy one is next.
std::chrono::milliseconds lead(FairShare& fair, Share share, const Share& busy) {
  std::chrono::milliseconds used{0};
  while (share.virtual_time < busy.virtual_time && used < 10s) {
    fair.charge(share, 1ms, 1ms);
    used += 1ms;
  }
  return used;
}

TEST_CASE("fair share: credit accrues while idle, up to its bound, by weight") {
  FairShare fair;
  const Share busy = busy_for(fair, 10s);
  Share idle;
  fair.wake(idle, 200ms);
  CHECK(lead(fair, idle, busy) == 200ms);
  Share heavy;
  heavy.weight = 200;
  fair.wake(heavy, 200ms);
  CHECK(lead(fair, heavy, busy) == 200ms);
}

TEST_CASE("fair share: the credit is no more than what others used meanwhile") {
  FairShare fair;
  Share busy = busy_for(fair, 10s);
  Share other = busy;
  fair.charge(busy, 50ms, 1ms);
  fair.served(busy, 1s);
  fair.wake(other, 200ms);
  CHECK(lead(fair, other, busy) == 50ms);
}

TEST_CASE("fair share: without credit one starts level") {
  FairShare fair;
  const Share busy = busy_for(fair, 10s);
  Share idle;
  fair.wake(idle);
  CHECK(idle.virtual_time == busy.virtual_time);
  Share early;
  FairShare().wake(early, 200ms);
  CHECK(early.virtual_time == 0);
}

}  // namespace
}  // namespace sublet::policy
