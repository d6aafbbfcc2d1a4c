// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "policy/field_checker.h"
#include "policy/resilience/breaker_options.h"
#include "sublet/events.h"

namespace sublet {
inline namespace v1 {
namespace {

using policy::FieldChecker;
using policy::shown;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::string_view kPrefix = "events.";

Result<void> check_limits(const Limits& limits) {
  Result<void> valid = validate(limits);
  if (valid) return valid;
  return Error{valid.error().code, std::string(kPrefix) + valid.error().message};
}

Result<void> check_rate(const std::string& field, const Rate& rate) {
  constexpr std::uint32_t kMost = 1'000'000'000;
  return FieldChecker(kPrefix)
      .between<std::uint32_t>(field + ".count", rate.count, 1, kMost)
      .between<milliseconds>(field + ".per", rate.per, 1ms, 24h)
      .between<std::uint32_t>(field + ".burst", rate.burst, 0, kMost)
      .result();
}

// One whose count is 0 is none.
Result<void> check_optional_rate(const std::string& field, const Rate& rate) {
  return rate.count == 0 ? Result<void>() : check_rate(field, rate);
}

Result<void> check_delivery(const DeliveryPolicy& delivery) {
  return FieldChecker(kPrefix)
      .between<std::uint32_t>("delivery.max_attempts", delivery.max_attempts, 1, 100)
      .between<milliseconds>("delivery.first_backoff", delivery.first_backoff, 1ms, 1h)
      .between<milliseconds>("delivery.last_backoff", delivery.last_backoff, 1ms, 24h)
      .require(delivery.first_backoff <= delivery.last_backoff, "delivery.last_backoff",
               fmt::format("is {}; it must be at least events.delivery.first_backoff, {}",
                           shown(delivery.last_backoff), shown(delivery.first_backoff)))
      .between<milliseconds>("delivery.max_age", delivery.max_age, 1s, 400 * 24h)
      .result();
}

Result<void> check_numbers(const EventPolicy& policy) {
  return FieldChecker(kPrefix)
      .between<std::uint32_t>("max_concurrency", policy.max_concurrency, 1, 10'000)
      .between<std::uint64_t>("max_queued", policy.max_queued, 1, 1'000'000'000)
      .between<std::uint32_t>("max_depth", policy.max_depth, 1, 64)
      .between<std::uint32_t>("max_caused", policy.max_caused, 1, 1'000'000)
      .between<std::uint32_t>("max_published", policy.max_published, 0, 1'000)
      .between<std::uint32_t>("max_schedules", policy.max_schedules, 0, 100'000)
      .between("schedule_data", policy.schedule_data, Bytes{}, Bytes::kibibytes(64))
      .between("webhook_body", policy.webhook_body, Bytes{}, Bytes::mebibytes(8))
      .result();
}

}  // namespace

Result<void> validate(const EventPolicy& policy) {
  if (auto limits = check_limits(policy.limits); !limits) return limits;
  if (auto delivery = check_delivery(policy.delivery); !delivery) return delivery;
  if (auto numbers = check_numbers(policy); !numbers) return numbers;
  if (auto rate = check_optional_rate("rate", policy.rate); !rate) return rate;
  if (auto rate = check_optional_rate("publish_rate", policy.publish_rate); !rate) return rate;
  if (auto rate = check_rate("webhook_rate", policy.webhook_rate); !rate) return rate;
  return policy::validate(policy.breaker, "events.breaker.");
}

}  // namespace v1
}  // namespace sublet
