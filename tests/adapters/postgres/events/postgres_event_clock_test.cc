// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>

#include "adapters/postgres/events/clock_watch.h"
#include "adapters/postgres/events/event_side.h"

// The clock goes back.
namespace sublet {
namespace {

using adapters::postgres::ClockWatch;
using adapters::postgres::kNoTime;

constexpr std::int64_t kHour = 3'600'000;

// A queue over a clock that the test sets.
struct Clocked {
  std::shared_ptr<std::atomic<std::int64_t>> now =
      std::make_shared<std::atomic<std::int64_t>>(1'800'000'000'000);
  PostgresEventQueueOptions options = fresh_event_options();
  Clocked() {
    options.clock = [now = now] { return EventTime(std::chrono::milliseconds(now->load())); };
  }
};

}  // namespace

TEST_CASE("postgres events: answers that come out of order are no clock that went back") {
  ClockWatch watch;
  watch.mended(watch.leaps());
  watch.observe(10'000, kNoTime);
  const std::int64_t first = watch.latest();
  watch.observe(90'000, first);
  watch.observe(20'000, first);
  CHECK_FALSE(watch.to_mend());
  CHECK(watch.latest() == 90'000);
  // Of what one call found only that is mended which was known when it was sent.
  watch.observe(30'000, watch.latest());
  const std::uint64_t leaps = watch.leaps();
  CHECK(watch.to_mend());
  watch.observe(10'000, watch.latest());
  watch.mended(leaps);
  CHECK(watch.to_mend());
  watch.mended(watch.leaps());
  CHECK_FALSE(watch.to_mend());
}

TEST_CASE("postgres events: a process that starts ends leases that are too long, all of them") {
  const Clocked clocked;
  const auto before = open_queue(clocked.options);
  Session host;
  for (int i = 0; i < 20; ++i) {
    enqueue(*before, std::vector<NewDelivery>(120, delivery_of("a")));
  }
  for (int i = 0; i < 3; ++i) claim(*before, claim_of(1000));
  CHECK(count(*before) == EventCounts{0, 2400, 0, 0});
  *clocked.now -= kHour;
  const auto queue = open_queue(clocked.options);
  // What it claims first it may find before or behind those that are mended.
  std::size_t claimed = 0;
  for (int i = 0; i < 4; ++i) claimed += claim(*queue, claim_of(1000)).size();
  CHECK(claimed == 2400);
}

}  // namespace sublet
