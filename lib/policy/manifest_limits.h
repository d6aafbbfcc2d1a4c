// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sublet/limits.h"

namespace sublet::policy {

// The limits that a manifest asks for; what it leaves out is the policy's.
struct ManifestLimits {
  std::optional<std::chrono::milliseconds> cpu_time;
  std::optional<std::chrono::milliseconds> soft_cpu_time;
  std::optional<std::chrono::milliseconds> wall_time;
  std::optional<std::chrono::milliseconds> startup_cpu_time;
  std::optional<Bytes> heap;
  std::optional<Bytes> external_memory;
  std::optional<Bytes> payload;
  std::optional<Bytes> result;
  std::optional<std::uint32_t> log_lines;
  std::optional<std::uint32_t> host_calls;
  std::optional<std::uint32_t> pending_host_calls;
  std::optional<std::uint32_t> timers;
  std::optional<std::uint32_t> kv_operations;
  std::optional<std::uint32_t> requests;
};

// One member of the manifest's `limits`: a whole number with the unit in its name. The ranges are
// those of Limits, without what would let nothing run.
struct ManifestLimitField {
  std::string_view name;
  std::uint64_t low;
  std::uint64_t high;
  void (*set)(ManifestLimits&, std::uint64_t);
};

namespace manifest_limits_detail {

template <auto kMember>
void set_milliseconds(ManifestLimits& limits, std::uint64_t value) {
  limits.*kMember = std::chrono::milliseconds(value);
}
template <auto kMember>
void set_kibibytes(ManifestLimits& limits, std::uint64_t value) {
  limits.*kMember = Bytes::kibibytes(value);
}
template <auto kMember>
void set_mebibytes(ManifestLimits& limits, std::uint64_t value) {
  limits.*kMember = Bytes::mebibytes(value);
}
template <auto kMember>
void set_number(ManifestLimits& limits, std::uint64_t value) {
  limits.*kMember = static_cast<std::uint32_t>(value);
}

}  // namespace manifest_limits_detail

inline constexpr std::array<ManifestLimitField, 14> kManifestLimitFields = {{
    {"cpu_ms", 1, 60'000, manifest_limits_detail::set_milliseconds<&ManifestLimits::cpu_time>},
    {"soft_cpu_ms", 1, 60'000,
     manifest_limits_detail::set_milliseconds<&ManifestLimits::soft_cpu_time>},
    {"wall_ms", 1, 3'600'000, manifest_limits_detail::set_milliseconds<&ManifestLimits::wall_time>},
    {"startup_cpu_ms", 1, 60'000,
     manifest_limits_detail::set_milliseconds<&ManifestLimits::startup_cpu_time>},
    {"heap_mb", 4, 4096, manifest_limits_detail::set_mebibytes<&ManifestLimits::heap>},
    {"external_mb", 0, 4096,
     manifest_limits_detail::set_mebibytes<&ManifestLimits::external_memory>},
    {"payload_kb", 1, 262'144, manifest_limits_detail::set_kibibytes<&ManifestLimits::payload>},
    {"result_kb", 1, 262'144, manifest_limits_detail::set_kibibytes<&ManifestLimits::result>},
    {"log_lines", 0, 65'536, manifest_limits_detail::set_number<&ManifestLimits::log_lines>},
    {"host_calls", 0, 1'000'000, manifest_limits_detail::set_number<&ManifestLimits::host_calls>},
    {"pending_host_calls", 0, 10'000,
     manifest_limits_detail::set_number<&ManifestLimits::pending_host_calls>},
    {"timers", 0, 10'000, manifest_limits_detail::set_number<&ManifestLimits::timers>},
    {"kv_operations", 0, 1'000'000,
     manifest_limits_detail::set_number<&ManifestLimits::kv_operations>},
    {"requests", 0, 10'000, manifest_limits_detail::set_number<&ManifestLimits::requests>},
}};

}  // namespace sublet::policy
