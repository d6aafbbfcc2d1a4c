// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/extension.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::policy {

inline constexpr std::string_view kManifestFile = "extension.json";
inline constexpr std::size_t kMaxManifestBytes = 64u << 10;
inline constexpr std::uint32_t kMaxManifestDepth = 8;
inline constexpr std::size_t kMaxHandlers = 256;
inline constexpr std::size_t kMaxDescription = 1024;
inline constexpr std::size_t kMaxVersion = 128;

// Where a manifest wishes its code to run.
enum class Isolation : std::uint8_t { kAutomatic, kInProcess };

// One event and the export that answers it.
struct ManifestHandler {
  std::string event;
  std::string export_name;
  std::uint32_t line = 0;  // of extension.json, for messages about the export
};

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
};

// What `extension.json` says, checked. lib/policy/extension.schema.json describes the same.
struct Manifest {
  std::string name;
  std::string version;
  std::string compatibility_date;  // empty where the manifest has none
  std::string main = "extension.js";
  std::string description;
  std::vector<ManifestHandler> handlers;  // in the manifest's order, at least one
  State state = State::kInvocation;
  Realm realm = Realm::kStandard;
  Isolation isolation = Isolation::kAutomatic;
  ManifestLimits limits;
};

// Reads the text of an `extension.json`. The message of an error is one sentence that begins with
// file and line and names the field: 'extension.json:7: handlers.onTicketCreate must be ...'.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace sublet::policy
