// SPDX-License-Identifier: Apache-2.0
#include "policy/token_bucket.h"

#include <doctest/doctest.h>

#include <random>

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

base::TimePoint at(std::chrono::nanoseconds time) { return base::TimePoint(1h + time); }

}  // namespace

TEST_CASE("token bucket: the burst at once, then the rate") {
  TokenBucket bucket;
  const Rate rate{10, 1000ms, 3};
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(rate, 1, at(0s)));
  CHECK_FALSE(bucket.take(rate, 1, at(0s)));
  CHECK_FALSE(bucket.take(rate, 1, at(100ms - 1ns)));
  CHECK(bucket.take(rate, 1, at(100ms)));
  CHECK_FALSE(bucket.take(rate, 1, at(100ms)));
}

TEST_CASE("token bucket: several at once or none") {
  TokenBucket bucket;
  const Rate rate{10, 1000ms, 5};
  CHECK(bucket.take(rate, 4, at(0s)));
  CHECK_FALSE(bucket.take(rate, 2, at(0s)));
  CHECK(bucket.available(rate, at(0s)) == 1);
  CHECK(bucket.take(rate, 1, at(0s)));
  CHECK(bucket.take(rate, 5, at(500ms)));
  CHECK_FALSE(bucket.take(rate, 6, at(1h)));  // more than it ever holds
  CHECK(bucket.take(rate, 0, at(500ms)));
}

TEST_CASE("token bucket: says how long to wait") {
  TokenBucket bucket;
  const Rate rate{10, 1000ms, 2};
  CHECK(bucket.wait(rate, 2, at(0s)) == 0ns);
  CHECK(bucket.take(rate, 2, at(0s)));
  CHECK(bucket.wait(rate, 1, at(0s)) == 100ms);
  CHECK(bucket.wait(rate, 2, at(50ms)) == 150ms);
  CHECK(bucket.wait(rate, 9, at(50ms)) == 150ms);
}

TEST_CASE("token bucket: without a burst it holds its count") {
  TokenBucket bucket;
  const Rate rate{4, 1000ms, 0};
  CHECK(bucket.take(rate, 4, at(0s)));
  CHECK_FALSE(bucket.take(rate, 1, at(0s)));
}

TEST_CASE("token bucket: the largest and the smallest rate overflow nothing") {
  TokenBucket fast, slow;
  const Rate most{1'000'000'000, 1ms, 1'000'000'000};
  const Rate least{1, 24h, 1'000'000'000};
  CHECK(fast.take(most, 1'000'000'000, at(0s)));
  CHECK(fast.take(most, 1'000'000'000, at(1ms)));
  CHECK(slow.available(least, at(0s)) == 1'000'000'000);
  CHECK(slow.take(least, 5, at(0s)));
  CHECK(slow.available(least, at(24h)) <= 1'000'000'000 - 4);
}

TEST_CASE("token bucket: a change of rate holds from the next call on") {
  TokenBucket bucket;
  CHECK(bucket.take({10, 1000ms, 10}, 10, at(0s)));
  CHECK_FALSE(bucket.take({10, 1000ms, 10}, 1, at(0s)));
  CHECK(bucket.take({10, 1000ms, 20}, 10, at(0s)));
}

TEST_CASE("token bucket: over any stretch no more than burst and rate, and at least the rate") {
  std::mt19937 random(7);
  const Rate rate{100, 1000ms, 20};
  TokenBucket bucket;
  std::uint64_t taken = 0;
  std::chrono::nanoseconds time{0};
  for (int i = 0; i < 20'000; ++i) {
    time += std::chrono::microseconds(random() % 2000);
    const std::uint32_t count = 1 + random() % 3;
    const std::uint64_t before = bucket.available(rate, at(time));
    if (bucket.take(rate, count, at(time))) {
      taken += count;
      CHECK(before >= count);
      CHECK(bucket.available(rate, at(time)) == before - count);
    } else {
      CHECK(before < count);
    }
  }
  const double most = 20 + std::chrono::duration<double>(time).count() * 100;
  CHECK(static_cast<double>(taken) <= most + 1e-6);
  CHECK(static_cast<double>(taken) >= most - 23);
}

}  // namespace sublet::policy
