// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

using std::chrono::milliseconds;

Result<Manifest> with(const std::string& field) {
  return parse_manifest("{\"name\": \"a\", \"version\": \"1.0.0\",\n \"handlers\": {\"e\": true}" +
                        (field.empty() ? "" : ",\n" + field) + "\n}");
}

std::string refusal(const std::string& field) {
  const auto manifest = with(field);
  return manifest ? "accepted" : manifest.error().message;
}

TEST_CASE("manifest events: what is said of delivery is read") {
  const auto manifest = with(R"("delivery": {"max_attempts": 3, "first_backoff_ms": 20,
      "last_backoff_ms": 500, "max_age_seconds": 60,
      "batches": {"e": {"size": 100, "window_ms": 250}}})");
  REQUIRE(manifest);
  const DeliveryDeclaration& delivery = manifest->delivery;
  CHECK(delivery.max_attempts == 3u);
  CHECK(delivery.first_backoff == milliseconds(20));
  CHECK(delivery.last_backoff == milliseconds(500));
  CHECK(delivery.max_age == milliseconds(60'000));
  CHECK(delivery.batches.at("e").size == 100);
  CHECK(delivery.batches.at("e").window == milliseconds(250));
}

TEST_CASE("manifest events: schedules are read") {
  const auto manifest = with(R"("schedules": {
      "nightly": {"event": "e", "cron": "0 3 * * *", "time_zone": "Europe/Berlin",
                  "data": {"full": true}, "catch_up": "all"},
      "often": {"event": "e", "every_seconds": 90, "enabled": false}})");
  REQUIRE(manifest);
  REQUIRE(manifest->schedules.size() == 2);
  const Schedule& nightly = manifest->schedules[0].schedule;
  CHECK(nightly.name == "nightly");
  CHECK(nightly.event == "e");
  CHECK(nightly.cron == "0 3 * * *");
  CHECK(nightly.time_zone == "Europe/Berlin");
  CHECK(nightly.data == R"({"full": true})");
  CHECK(nightly.catch_up == CatchUp::kAll);
  CHECK(nightly.from_manifest);
  const Schedule& often = manifest->schedules[1].schedule;
  CHECK(often.every == milliseconds(90'000));
  CHECK_FALSE(often.enabled);
}

TEST_CASE("manifest events: a refusal names line and field") {
  const struct {
    const char* field;
    const char* message;
  } kCases[] = {
      {R"("delivery": {"max_attempts": 0})", "extension.json:3: delivery.max_attempts"},
      {R"("delivery": {"max_attempt": 1})", "did you mean"},
      {R"("delivery": {"first_backoff_ms": 20, "last_backoff_ms": 10})",
       "delivery.last_backoff_ms must be at least delivery.first_backoff_ms"},
      {R"("delivery": {"batches": {"e": {"window_ms": 5}}})", "delivery.batches.e.size is missing"},
      {R"("delivery": {"batches": {"x": {"size": 5}}})", "\"x\" is no event of handlers"},
      {R"("schedules": {"s": {"cron": "* * * * *"}})", "schedules.s.event is missing"},
      {R"("schedules": {"s": {"event": "e"}})", "schedules.s needs either cron or every_seconds"},
      {R"("schedules": {"s": {"event": "e", "every_seconds": 5}})", "schedules.s.every_seconds"},
      {R"("schedules": {"s": {"event": "x", "every_seconds": 60}})",
       "extension.json:3: schedules.s.event: \"x\" is no event of handlers"},
      {R"("schedules": {"s": {"event": "e", "every_seconds": 60, "catch_up": "two"}})",
       "schedules.s.catch_up must be"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.field);
    const std::string message = refusal(each.field);
    CAPTURE(message);
    CHECK(message.find(each.message) != std::string::npos);
  }
}

TEST_CASE("manifest events: a manifest asks for less, never for more") {
  DeliveryPolicy policy;
  DeliveryDeclaration asked;
  CHECK(effective_delivery(policy, asked) == policy);
  asked.max_attempts = 50;
  asked.max_age = std::chrono::hours(24 * 30);
  asked.first_backoff = milliseconds(3'600'000);
  DeliveryPolicy made = effective_delivery(policy, asked);
  CHECK(made.max_attempts == policy.max_attempts);
  CHECK(made.max_age == policy.max_age);
  CHECK(made.last_backoff == milliseconds(3'600'000));
  asked.max_attempts = 2;
  asked.max_age = milliseconds(5'000);
  made = effective_delivery(policy, asked);
  CHECK(made.max_attempts == 2);
  CHECK(made.max_age == milliseconds(5'000));
}

}  // namespace
}  // namespace sublet::policy
