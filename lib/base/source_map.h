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
class SourceMap {
 public:
  struct Position {
    std::string_view source;      // as the map names it
    std::uint32_t line = 0;       // from 1
    std::uint32_t column = 0;     // from 1
    std::string_view name;        // empty where the map has none
  };

  // `json` is the map's text, at most 32 MiB. Index maps ("sections") are refused.
  static Result<std::shared_ptr<const SourceMap>> parse(std::string_view json);

  // Where a generated position (line and column from 1) comes from.
  std::optional<Position> find(std::uint32_t line, std::uint32_t column) const;

 private:
  struct Segment {
    std::uint32_t column = 0;
    std::uint32_t source = 0;
    std::uint32_t source_line = 0;
    std::uint32_t source_column = 0;
    std::uint32_t name = 0;
    bool has_source = false;
    bool has_name = false;
  };

  std::vector<std::string> sources_;
  std::vector<std::string> names_;
  std::vector<std::vector<Segment>> lines_;
};

}  // namespace sublet::base
