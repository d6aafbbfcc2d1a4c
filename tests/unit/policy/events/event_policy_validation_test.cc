// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>

#include "sublet/events.h"
#include "sublet/tenant.h"

namespace sublet {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::string changed(const std::function<void(EventPolicy&)>& change) {
  TenantPolicy policy;
  change(policy.events);
  const Result<void> valid = validate(policy);
  CHECK(valid.has_value() == validate(policy.events).has_value());
  return valid ? "accepted" : valid.error().message;
}

// Both ends are in the range; what is beyond them is refused, by name.
template <typename T, typename Get>
void check_range(const std::string& field, Get get, T low, T high, T below, T above) {
  CAPTURE(field);
  CHECK(changed([&](EventPolicy& policy) { get(policy) = low; }) == "accepted");
  CHECK(changed([&](EventPolicy& policy) { get(policy) = high; }) == "accepted");
  if (below != low) {
    CHECK(changed([&](EventPolicy& policy) {
            get(policy) = below;
          }).starts_with("events." + field + " is "));
  }
  CHECK(changed([&](EventPolicy& policy) {
          get(policy) = above;
        }).starts_with("events." + field + " is "));
}

}  // namespace

TEST_CASE("event policy: the defaults are valid, and every number has its range") {
  CHECK(changed([](EventPolicy&) {}) == "accepted");
  check_range<std::uint32_t>(
      "max_concurrency", [](EventPolicy & p) -> auto& { return p.max_concurrency; }, 1, 10'000, 0,
      10'001);
  check_range<std::uint64_t>(
      "max_queued", [](EventPolicy & p) -> auto& { return p.max_queued; }, 1, 1'000'000'000, 0,
      1'000'000'001);
  check_range<std::uint32_t>(
      "max_depth", [](EventPolicy & p) -> auto& { return p.max_depth; }, 1, 64, 0, 65);
  check_range<std::uint32_t>(
      "max_caused", [](EventPolicy & p) -> auto& { return p.max_caused; }, 1, 1'000'000, 0,
      1'000'001);
  check_range<std::uint32_t>(
      "max_published", [](EventPolicy & p) -> auto& { return p.max_published; }, 0, 1'000, 0,
      1'001);
  check_range<std::uint32_t>(
      "max_schedules", [](EventPolicy & p) -> auto& { return p.max_schedules; }, 0, 100'000, 0,
      100'001);
  check_range<Bytes>(
      "schedule_data", [](EventPolicy & p) -> auto& { return p.schedule_data; }, Bytes{},
      Bytes::kibibytes(64), Bytes{}, Bytes{65'537});
  check_range<Bytes>(
      "webhook_body", [](EventPolicy & p) -> auto& { return p.webhook_body; }, Bytes{},
      Bytes::mebibytes(8), Bytes{}, Bytes{(8u << 20) + 1});
}

TEST_CASE("event policy: how often and how long a delivery is tried") {
  check_range<std::uint32_t>(
      "delivery.max_attempts", [](EventPolicy & p) -> auto& { return p.delivery.max_attempts; }, 1,
      100, 0, 101);
  check_range<milliseconds>(
      "delivery.first_backoff", [](EventPolicy & p) -> auto& { return p.delivery.first_backoff; },
      milliseconds(1), milliseconds(600'000), milliseconds(0), milliseconds(3'600'001));
  check_range<milliseconds>(
      "delivery.last_backoff", [](EventPolicy & p) -> auto& { return p.delivery.last_backoff; },
      milliseconds(1'000), hours(24), milliseconds(0), milliseconds(86'400'001));
  check_range<milliseconds>(
      "delivery.max_age", [](EventPolicy & p) -> auto& { return p.delivery.max_age; },
      milliseconds(1'000), hours(9'600), milliseconds(999), hours(9'601));
  CHECK(changed([](EventPolicy& policy) { policy.delivery.last_backoff = milliseconds(999); }) ==
        "events.delivery.last_backoff is 999 ms; it must be at least "
        "events.delivery.first_backoff, 1 s");
}

TEST_CASE("event policy: a rate whose count is 0 is none, but for webhooks") {
  const Rate none{0, milliseconds(0), 0};
  const Rate wrong{1, milliseconds(0), 0};
  CHECK(changed([&](EventPolicy& policy) { policy.rate = none; }) == "accepted");
  CHECK(changed([&](EventPolicy& policy) { policy.publish_rate = none; }) == "accepted");
  CHECK(changed([&](EventPolicy& policy) { policy.rate = wrong; }) ==
        "events.rate.per is 0 ms; it must be between 1 ms and 24 h");
  CHECK(changed([&](EventPolicy& policy) {
          policy.publish_rate = wrong;
        }).starts_with("events.publish_rate.per is 0 ms"));
  CHECK(changed([&](EventPolicy& policy) {
          policy.webhook_rate = none;
        }).starts_with("events.webhook_rate.count is 0"));
}

TEST_CASE("event policy: its limits and its breaker are checked as the others are") {
  CHECK(changed([](EventPolicy& policy) { policy.limits.wall_time = hours(2); }) ==
        "events.limits.wall_time is 2 h; it must be between 1 ms and 1 h");
  CHECK(changed([](EventPolicy& policy) {
          policy.breaker.failure_ratio = 2;
        }).starts_with("events.breaker.failure_ratio is 2"));
}

}  // namespace sublet
