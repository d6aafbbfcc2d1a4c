// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/result.h"

namespace sublet::base {

// A decoded source map (ECMA-426, "Source map format", version 3), for stack traces. Immutable.
//
// Ownership: owns what it decoded; the text is not kept.
// Thread safety: const-safe.
// Blocking: never.
// Errors: a Result whose message names the map's field; throws std::bad_alloc alone.
class SourceMap {
 public:
  // A map of more is refused: its text, its segments, the generated lines, `sources`, `names`.
  static constexpr std::size_t kMaxBytes = 32u << 20;
  static constexpr std::size_t kMaxSegments = 1u << 20;
  static constexpr std::size_t kMaxLines = 1u << 20;
  static constexpr std::size_t kMaxSources = 1u << 16;
  static constexpr std::size_t kMaxNames = 1u << 18;

  struct Position {
    std::string_view source;   // `sourceRoot` and the name in `sources`
    std::uint32_t line = 0;    // from 1
    std::uint32_t column = 0;  // from 1
    std::string_view name;     // empty where the map has none
  };

  // `json` is the map's text. Index maps ("sections") are refused.
  static Result<std::shared_ptr<const SourceMap>> parse(std::string_view json);

  // Where a generated position (line and column from 1) comes from: the nearest segment of that
  // line at or before the column. nullopt where there is none, or none with a source.
  std::optional<Position> find(std::uint32_t line, std::uint32_t column) const;

 private:
  friend class SourceMapReader;
  friend class MappingsDecoder;

  static constexpr std::uint32_t kNone = UINT32_MAX;

  // All numbers from 0.
  struct Segment {
    std::uint32_t column = 0;
    std::uint32_t source = kNone;
    std::uint32_t source_line = 0;
    std::uint32_t source_column = 0;
    std::uint32_t name = kNone;
  };

  std::vector<std::string> sources_;
  std::vector<std::string> names_;
  // Those of generated line i are [line_starts_[i], line_starts_[i + 1]), by column.
  std::vector<Segment> segments_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace sublet::base
