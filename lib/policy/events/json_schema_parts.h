// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/events/json_tree.h"
#include "policy/events/text_pattern.h"
#include "sublet/result.h"

namespace sublet::policy {

// A set of JSON's types.
using TypeSet = std::uint8_t;
inline constexpr TypeSet kNullType = 1u << 0;
inline constexpr TypeSet kBooleanType = 1u << 1;
inline constexpr TypeSet kIntegerType = 1u << 2;
inline constexpr TypeSet kNumberType = 1u << 3;
inline constexpr TypeSet kStringType = 1u << 4;
inline constexpr TypeSet kArrayType = 1u << 5;
inline constexpr TypeSet kObjectType = 1u << 6;

// The place of a part in SchemaParts::all.
using SchemaId = std::uint32_t;
inline constexpr SchemaId kNoSchema = UINT32_MAX;

// One schema, of those within a schema; what it says nothing of is empty.
struct SchemaPart {
  bool nothing = false;  // false: no value fits
  TypeSet types = 0;
  std::optional<std::set<std::string>> values;  // enum, canonical
  std::optional<std::string> constant;

  std::optional<double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
  std::optional<std::uint64_t> min_length, max_length;
  std::optional<TextPattern> pattern;

  std::vector<SchemaId> prefix_items;
  SchemaId items = kNoSchema;
  std::optional<std::uint64_t> min_items, max_items;
  bool unique_items = false;

  std::map<std::string, SchemaId> properties;
  std::vector<std::string> required;
  SchemaId additional_properties = kNoSchema;
  std::optional<std::uint64_t> min_properties, max_properties;

  std::vector<SchemaId> any_of, one_of, all_of;
  SchemaId not_of = kNoSchema;
  SchemaId reference = kNoSchema;
};

struct SchemaParts {
  std::vector<SchemaPart> all;  // the first one is the whole
};

// `tree` is of a schema's text.
Result<SchemaParts> compile_parts(const JsonTree& tree);

// Whether parts refer to each other in a circle without going into a value: a check would not end.
// The place of such a part, or kNoSchema.
SchemaId find_endless(const SchemaParts& parts);

// See JsonSchema::check(). `steps`: how much work it may be.
Result<void> check_parts(const SchemaParts& parts, std::string_view root, const JsonTree& tree,
                         std::uint64_t steps);

}  // namespace sublet::policy
