// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "sublet/result.h"

namespace sublet::policy {

inline constexpr std::size_t kMaxSchemaBytes = 1u << 20;
inline constexpr std::uint32_t kMaxSchemaDepth = 64;
inline constexpr std::size_t kMaxSchemaParts = 10'000;

struct SchemaParts;

// A JSON Schema of draft 2020-12, of which it knows the keywords that say something of a value by
// itself: type, properties, required, additionalProperties, items, prefixItems, enum, const, the
// bounds of numbers, lengths and counts, multipleOf, pattern, uniqueItems, anyOf, oneOf, allOf,
// not, and $ref to "#" and "#/$defs/...". Annotations are passed over; any other keyword is an
// error, since a schema that is half obeyed is none.
//
// Ownership: shared, immutable. Thread safety: const-safe.
class JsonSchema {
 public:
  // The message of an error begins with the place: '#/properties/id: "minimun" is not supported'.
  static Result<JsonSchema> compile(std::string_view text);

  // Whether `json`, which has passed base::scan_json(), is what the schema asks for. The message
  // begins with the place, the whole value being `root`: "data.items[2].id must be a string". The
  // time it takes is bounded, and so is the stack: what would take more is refused.
  Result<void> check(std::string_view root, std::string_view json) const;

 private:
  explicit JsonSchema(std::shared_ptr<const SchemaParts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const SchemaParts> parts_;
};

}  // namespace sublet::policy
