// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "adapters/postgres/postgres_test_side.h"
#include "base/clock.h"
#include "proxy/shared/store_shared_limits.h"
#include "runtime/uv_timer_thread.h"

// Two hosts, each with connections of its own, over one database.
namespace sublet::proxy {
namespace {

constexpr auto kLongEnough = std::chrono::seconds(60);

struct Host {
  Host(const PostgresKeyValueOptions& options, const std::string& process)
      : store(open_store(options)) {
    StoreSharedLimitsSetup setup;
    setup.store = store;
    setup.timers = &timers;
    setup.clock = &base::system_clock();
    setup.process = process;
    // For a machine that does much else.
    setup.time_limit = kLongEnough;
    setup.fault = [this](std::string_view, std::string_view) { ++faults; };
    limits = std::make_unique<StoreSharedLimits>(std::move(setup));
  }

  // So many at once, each of which asks again with its answer.
  void start(int lines, int times) {
    asking = lines;
    for (int i = 0; i < lines; ++i) ask(times);
  }
  void wait() {
    for (int left = asking; left > 0; left = asking) asking.wait(left);
  }
  void ask(int times) {
    limits->take({bucket}, [this, times](SharedLimits::Taken taken) {
      admitted += taken.admitted;
      if (times > 1) return ask(times - 1);
      --asking;
      asking.notify_all();
    });
  }

  std::atomic<int> faults{0};
  runtime::UvTimerThread timers;
  std::shared_ptr<PostgresKeyValueStore> store;
  std::unique_ptr<StoreSharedLimits> limits;
  const SharedBucket bucket{"rate/tenant/acme", {1, std::chrono::hours(24), 500}};
  std::atomic<int> admitted{0};
  std::atomic<int> asking{0};
};

}  // namespace

TEST_CASE("shared limits: two hosts over PostgreSQL never exceed a burst together") {
  const PostgresKeyValueOptions options = fresh_options();
  Host one(options, "one"), two(options, "two");
  for (Host* host : {&one, &two}) {
    host->start(1, 1);
    host->wait();
    CHECK(host->admitted == 1);
  }
  for (Host* host : {&one, &two}) host->start(8, 200);
  for (Host* host : {&one, &two}) host->wait();
  CHECK(one.admitted + two.admitted <= 500);
  CHECK(one.admitted + two.admitted >= 250);
  CHECK(one.faults + two.faults == 0);
}

TEST_CASE("shared limits: a breaker is told over PostgreSQL, to the other host alone") {
  const PostgresKeyValueOptions options = fresh_options();
  Host one(options, "one"), two(options, "two");
  const std::string key = "acme/https://api.example.com";
  one.limits->breaker_opened(key, std::chrono::hours(1));
  const auto end = std::chrono::steady_clock::now() + kLongEnough;
  while (!two.limits->open_elsewhere(key) && std::chrono::steady_clock::now() < end) {
    CHECK_FALSE(one.limits->open_elsewhere(key));
    std::this_thread::yield();
  }
  CHECK(two.limits->open_elsewhere(key) > std::chrono::minutes(50));
  CHECK_FALSE(one.limits->open_elsewhere(key));
}

TEST_CASE("shared limits: hosts go on when PostgreSQL is gone") {
  const PostgresKeyValueOptions options = fresh_options();
  PostgresKeyValueOptions impatient = options;
  impatient.queue_timeout = std::chrono::milliseconds(0);
  Host host(impatient, "one");
  the_server().stop(test::PostgresServer::Stop::kImmediate);
  host.start(1, 510);
  host.wait();
  CHECK(host.admitted == 500);
  CHECK(host.faults == 1);
  the_server().start();
}

}  // namespace sublet::proxy
