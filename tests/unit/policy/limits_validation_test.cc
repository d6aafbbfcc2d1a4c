// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "sublet/limits.h"
#include "sublet/tenant.h"

namespace sublet {
namespace {

using std::chrono::milliseconds;

template <typename T>
std::string message(const T& checked) {
  const auto result = validate(checked);
  return result ? "accepted" : result.error().message;
}

Limits with(const std::function<void(Limits&)>& change) {
  Limits limits;
  change(limits);
  return limits;
}

// The ends of a field's range are accepted, one beyond is refused by the field's name.
template <typename T>
void check_range(const std::string& field, T Limits::*member, T low, T high, T below, T above) {
  CAPTURE(field);
  const auto set = [&](T value) {
    return message(with([&](Limits& limits) {
      limits.cpu_time = milliseconds(60'000);
      limits.*member = value;
    }));
  };
  CHECK(set(low) == "accepted");
  CHECK(set(high) == "accepted");
  if (below < low) CHECK(set(below).starts_with("limits." + field + " is "));
  CHECK(set(above).starts_with("limits." + field + " is "));
}

}  // namespace

TEST_CASE("limits: the defaults are valid") {
  CHECK(message(Limits()) == "accepted");
  CHECK(message(Limits::for_hooks()) == "accepted");
  CHECK(message(Limits::for_events()) == "accepted");
  CHECK(message(TenantPolicy()) == "accepted");
}

TEST_CASE("limits: every field has its range") {
  const auto ms = [](std::int64_t count) { return milliseconds(count); };
  check_range("cpu_time", &Limits::cpu_time, ms(1), ms(60'000), ms(0), ms(60'001));
  check_range("soft_cpu_time", &Limits::soft_cpu_time, ms(0), ms(60'000), ms(-1), ms(60'001));
  check_range("wall_time", &Limits::wall_time, ms(1), ms(3'600'000), ms(0), ms(3'600'001));
  check_range("startup_cpu_time", &Limits::startup_cpu_time, ms(1), ms(60'000), ms(0), ms(60'001));
  const Bytes four_gib = Bytes::mebibytes(4096);
  const Bytes quarter = Bytes::mebibytes(256);
  const auto more = [](Bytes size) { return Bytes{size.count + 1}; };
  const auto less = [](Bytes size) { return Bytes{size.count - 1}; };
  check_range("heap", &Limits::heap, Bytes::mebibytes(4), four_gib, less(Bytes::mebibytes(4)),
              more(four_gib));
  check_range("external_memory", &Limits::external_memory, Bytes{}, four_gib, Bytes{},
              more(four_gib));
  check_range("stack", &Limits::stack, Bytes::kibibytes(64), Bytes::mebibytes(1),
              less(Bytes::kibibytes(64)), more(Bytes::mebibytes(1)));
  check_range("payload", &Limits::payload, Bytes{}, quarter, Bytes{}, more(quarter));
  check_range("result", &Limits::result, Bytes{}, quarter, Bytes{}, more(quarter));
  check_range("log_line", &Limits::log_line, Bytes{}, Bytes::mebibytes(1), Bytes{},
              more(Bytes::mebibytes(1)));
  check_range<std::uint32_t>("payload_depth", &Limits::payload_depth, 1, 10'000, 0, 10'001);
  check_range<std::uint32_t>("log_lines", &Limits::log_lines, 0, 65'536, 0, 65'537);
  check_range<std::uint32_t>("host_calls", &Limits::host_calls, 0, 1'000'000, 0, 1'000'001);
  check_range<std::uint32_t>("pending_host_calls", &Limits::pending_host_calls, 0, 10'000, 0,
                             10'001);
  check_range<std::uint32_t>("timers", &Limits::timers, 0, 10'000, 0, 10'001);
  check_range<std::uint32_t>("requests", &Limits::requests, 0, 10'000, 0, 10'001);
  const Bytes most = Bytes::mebibytes(64);
  check_range("request_body", &Limits::request_body, Bytes{}, most, Bytes{}, more(most));
  check_range("response_body", &Limits::response_body, Bytes{}, most, Bytes{}, more(most));
  check_range("connect_time", &Limits::connect_time, ms(1), ms(600'000), ms(0), ms(600'001));
  check_range("first_byte_time", &Limits::first_byte_time, ms(1), ms(600'000), ms(0), ms(600'001));
  check_range("request_time", &Limits::request_time, ms(1), ms(600'000), ms(0), ms(600'001));
}

TEST_CASE("limits: messages name field, value and range in readable units") {
  CHECK(message(with([](Limits& limits) { limits.cpu_time = milliseconds(0); })) ==
        "limits.cpu_time is 0 ms; it must be between 1 ms and 60 s");
  CHECK(message(with([](Limits& limits) { limits.wall_time = milliseconds(7'200'000); })) ==
        "limits.wall_time is 2 h; it must be between 1 ms and 1 h");
  CHECK(message(with([](Limits& limits) { limits.heap = Bytes::kibibytes(100); })) ==
        "limits.heap is 100 KiB; it must be between 4 MiB and 4 GiB");
  CHECK(message(with([](Limits& limits) { limits.soft_cpu_time = milliseconds(51); })) ==
        "limits.soft_cpu_time is 51 ms; it must be at most limits.cpu_time, 50 ms");
  CHECK(message(with([](Limits& limits) { limits.dry_run = 1u << 31; })) ==
        "limits.dry_run is 0x80000000; it has bits that are no Limit");
  CHECK(message(with([](Limits& limits) { limits.dry_run = (1u << 16) - 1; })) == "accepted");
}

TEST_CASE("tenant policy: every field has its range") {
  const auto changed = [](const std::function<void(TenantPolicy&)>& change) {
    TenantPolicy policy;
    change(policy);
    return message(policy);
  };
  CHECK(changed([](TenantPolicy& policy) { policy.weight = 0; }) ==
        "weight is 0; it must be between 1 and 1000");
  CHECK(changed([](TenantPolicy& policy) { policy.weight = 1001; }).starts_with("weight is 1001"));
  CHECK(changed([](TenantPolicy& policy) {
          policy.max_concurrency = 0;
        }).starts_with("max_concurrency is 0"));
  CHECK(changed([](TenantPolicy& policy) {
          policy.max_concurrency = 10'001;
        }).starts_with("max_concurrency is 10001"));
  CHECK(changed([](TenantPolicy& policy) { policy.max_queue = 0; }) == "accepted");
  CHECK(changed([](TenantPolicy& policy) {
          policy.max_queue = 1'000'001;
        }).starts_with("max_queue is 1000001"));
  CHECK(changed([](TenantPolicy& policy) { policy.queue_time = milliseconds(0); }) ==
        "queue_time is 0 ms; it must be between 1 ms and 24 h");
  CHECK(changed([](TenantPolicy& policy) {
          policy.queue_time = milliseconds(86'400'001);
        }).starts_with("queue_time is 86400001 ms"));
  CHECK(changed([](TenantPolicy& policy) {
          policy.limits.timers = 10'001;
        }).starts_with("limits.timers is 10001"));
  CHECK(changed([](TenantPolicy& policy) {
          policy.host_functions = {"*", "crm.find"};
        }) == "accepted");
  CHECK(changed([](TenantPolicy& policy) {
          policy.host_functions = {"crm.find", "crm.*"};
        }).starts_with("host_functions[1] \"crm.*\" must be"));
}

}  // namespace sublet
