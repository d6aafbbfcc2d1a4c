// SPDX-License-Identifier: Apache-2.0
#include "policy/events/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_scan.h"
#include "policy/events/json_schema_parts.h"

namespace sublet::policy {
namespace {

// Of a check: what any schema may take, and for each byte of the value. A schema that looks at
// everything once takes less than one for each byte.
constexpr std::uint64_t kSteps = 100'000;
constexpr std::uint64_t kStepsOfByte = 8;

// Those that are asked of the same value.
std::vector<SchemaId> alike(const SchemaPart& part) {
  std::vector<SchemaId> found;
  for (const auto* list : {&part.any_of, &part.one_of, &part.all_of}) {
    found.insert(found.end(), list->begin(), list->end());
  }
  for (const SchemaId one : {part.not_of, part.reference}) {
    if (one != kNoSchema) found.push_back(one);
  }
  return found;
}

}  // namespace

SchemaId find_endless(const SchemaParts& parts) {
  enum class Seen : std::uint8_t { kNo, kOpen, kDone };
  std::vector<Seen> seen(parts.all.size(), Seen::kNo);
  // Depth first; each with those that are still to be looked at.
  std::vector<std::pair<SchemaId, std::vector<SchemaId>>> open;
  for (SchemaId first = 0; first < parts.all.size(); ++first) {
    if (seen[first] != Seen::kNo) continue;
    seen[first] = Seen::kOpen;
    open.emplace_back(first, alike(parts.all[first]));
    while (!open.empty()) {
      auto& [part, left] = open.back();
      if (left.empty()) {
        seen[part] = Seen::kDone;
        open.pop_back();
        continue;
      }
      const SchemaId next = left.back();
      left.pop_back();
      if (seen[next] == Seen::kOpen) return part;
      if (seen[next] == Seen::kDone) continue;
      seen[next] = Seen::kOpen;
      open.emplace_back(next, alike(parts.all[next]));
    }
  }
  return kNoSchema;
}

Result<JsonSchema> JsonSchema::compile(std::string_view text) {
  const auto refused = [](std::string what) {
    return Error{ErrorCode::kInvalidArgument, "#: " + std::move(what)};
  };
  if (text.size() > kMaxSchemaBytes) {
    return refused(fmt::format("has {} bytes; at most {}", text.size(), kMaxSchemaBytes));
  }
  const base::JsonScan scan = base::scan_json(text, 2 * kMaxSchemaDepth);
  if (scan.fault == base::JsonFault::kTooDeep) return refused("is nested too deep");
  if (!scan.ok()) return refused(fmt::format("is not JSON at byte {}", scan.offset));
  Result<SchemaParts> parts = compile_parts(JsonTree(text));
  if (!parts) return std::move(parts).error();
  return JsonSchema(std::make_shared<const SchemaParts>(std::move(parts).value()));
}

Result<void> JsonSchema::check(std::string_view root, std::string_view json) const {
  return check_parts(*parts_, root, JsonTree(json), kSteps + kStepsOfByte * json.size());
}

}  // namespace sublet::policy
