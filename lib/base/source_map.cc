// SPDX-License-Identifier: Apache-2.0
#include "base/source_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/base64.h"
#include "base/json_cursor.h"
#include "base/json_scan.h"

namespace sublet::base {
namespace {

// A map nests its arrays once; `x_...` extensions may go deeper.
constexpr std::uint32_t kMaxDepth = 64;

Error refuse(std::string_view field, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("{} {}", field, what)};
}

}  // namespace

// Decodes `mappings`: lines by ';', segments by ',', and in a segment 1, 4 or 5 base64 VLQ numbers,
// each relative to the one of its kind before.
class MappingsDecoder {
 public:
  MappingsDecoder(SourceMap& map, std::string_view mappings) : map_(map), mappings_(mappings) {}

  Result<void> run() {
    map_.line_starts_.push_back(0);
    for (;;) {
      if (at_end_of_line()) {
        if (auto ended = end_line(); !ended) return ended;
        if (at_ == mappings_.size()) return {};
        ++at_;
        column_ = 0;
        continue;
      }
      if (auto decoded = segment(); !decoded) return decoded;
      if (!at_end_of_line()) {
        ++at_;  // ',': segment() stops nowhere else
        if (at_end_of_line()) return fault("has an empty segment");
      }
    }
  }

 private:
  bool at_end_of_line() const { return at_ == mappings_.size() || mappings_[at_] == ';'; }
  bool at_end_of_segment() const { return at_end_of_line() || mappings_[at_] == ','; }

  Error fault(std::string_view what) const {
    return refuse("mappings", fmt::format("{}, in generated line {} at offset {}", what,
                                          map_.line_starts_.size(), at_));
  }

  Result<void> end_line() {
    auto& segments = map_.segments_;
    const auto first = segments.begin() + map_.line_starts_.back();
    const auto by_column = [](const SourceMap::Segment& a, const SourceMap::Segment& b) {
      return a.column < b.column;
    };
    if (!std::is_sorted(first, segments.end(), by_column)) {
      std::stable_sort(first, segments.end(), by_column);
    }
    if (map_.line_starts_.size() > SourceMap::kMaxLines) {
      return fault(fmt::format("has more than {} lines", SourceMap::kMaxLines));
    }
    map_.line_starts_.push_back(static_cast<std::uint32_t>(segments.size()));
    return {};
  }

  Result<void> segment() {
    std::array<std::int64_t, 5> fields{};
    std::size_t count = 0;
    while (!at_end_of_segment()) {
      if (count == fields.size()) return fault("has a segment of more than five fields");
      const auto number = vlq();
      if (!number) return fault("has a number that is no base64 VLQ of 32 bits");
      fields[count++] = *number;
    }
    if (count != 1 && count != 4 && count != 5) {
      return fault(fmt::format("has a segment of {} fields", count));
    }
    if (map_.segments_.size() == SourceMap::kMaxSegments) {
      return fault(fmt::format("has more than {} segments", SourceMap::kMaxSegments));
    }
    SourceMap::Segment segment;
    if (!advance(column_, fields[0], kMaxNumber)) return fault("has a column out of range");
    segment.column = static_cast<std::uint32_t>(column_);
    if (count >= 4) {
      if (!advance(source_, fields[1], map_.sources_.size())) {
        return fault("names a source that is not in sources");
      }
      if (!advance(line_, fields[2], kMaxNumber) ||
          !advance(source_column_, fields[3], kMaxNumber)) {
        return fault("has a source position out of range");
      }
      segment.source = static_cast<std::uint32_t>(source_);
      segment.source_line = static_cast<std::uint32_t>(line_);
      segment.source_column = static_cast<std::uint32_t>(source_column_);
    }
    if (count == 5) {
      if (!advance(name_, fields[4], map_.names_.size())) {
        return fault("uses a name that is not in names");
      }
      segment.name = static_cast<std::uint32_t>(name_);
    }
    map_.segments_.push_back(segment);
    return {};
  }

  // False where the sum leaves [0, limit).
  static bool advance(std::int64_t& value, std::int64_t by, std::uint64_t limit) {
    value += by;
    return value >= 0 && static_cast<std::uint64_t>(value) < limit;
  }

  // Sign in the lowest bit, five bits a digit, lowest first; at most seven digits make 32 bits.
  std::optional<std::int64_t> vlq() {
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 35; shift += 5) {
      if (at_end_of_segment()) return std::nullopt;
      const int digit = base64_digit(mappings_[at_]);
      if (digit < 0) return std::nullopt;
      ++at_;
      bits |= static_cast<std::uint64_t>(digit & 31) << shift;
      if ((digit & 32) != 0) continue;
      const auto magnitude = static_cast<std::int64_t>(bits >> 1);
      if (magnitude > std::int64_t{kMaxNumber}) return std::nullopt;
      return (bits & 1) != 0 ? -magnitude : magnitude;
    }
    return std::nullopt;
  }

  static constexpr std::uint32_t kMaxNumber = std::numeric_limits<std::int32_t>::max();

  SourceMap& map_;
  const std::string_view mappings_;
  std::size_t at_ = 0;
  std::int64_t column_ = 0;
  std::int64_t source_ = 0;
  std::int64_t line_ = 0;
  std::int64_t source_column_ = 0;
  std::int64_t name_ = 0;
};

// Reads the map's JSON object.
class SourceMapReader {
 public:
  explicit SourceMapReader(std::string_view json) : cursor_(json) {}

  Result<std::shared_ptr<const SourceMap>> run() {
    if (cursor_.kind() != JsonKind::kObject) return refuse("a source map", "must be an object");
    JsonCursor::Member member;
    cursor_.enter();
    while (cursor_.next_member(member)) {
      if (auto taken = field(member.key); !taken) return taken.error();
    }
    if (!has_version_) return refuse("version", "is missing; it must be 3");
    if (!has_sources_) return refuse("sources", "is missing");
    if (!mappings_) return refuse("mappings", "is missing");
    if (auto added = add_source_root(); !added) return added.error();
    if (auto decoded = MappingsDecoder(*map_, *mappings_).run(); !decoded) return decoded.error();
    return std::shared_ptr<const SourceMap>(std::move(map_));
  }

 private:
  Result<void> field(std::string_view key) {
    if (key == "version") return version();
    if (key == "sections") return refuse("sections", "is not supported: index maps are not read");
    if (key == "sources") return texts("sources", SourceMap::kMaxSources, map_->sources_);
    if (key == "names") return texts("names", SourceMap::kMaxNames, map_->names_);
    if (key == "mappings") return text("mappings", mappings_.emplace());
    if (key == "sourceRoot") return text_or_null("sourceRoot", source_root_);
    std::string file;
    if (key == "file") return text_or_null("file", file);
    (void)cursor_.raw();
    return {};
  }

  Result<void> version() {
    if (cursor_.kind() != JsonKind::kNumber || whole_number(cursor_.raw()) != 3) {
      return refuse("version", "must be 3");
    }
    has_version_ = true;
    return {};
  }

  Result<void> text(std::string_view key, std::string& out) {
    if (cursor_.kind() != JsonKind::kString) return refuse(key, "must be a string");
    out = cursor_.string();
    return {};
  }

  bool is_text_or_null() const {
    return cursor_.kind() == JsonKind::kString || cursor_.kind() == JsonKind::kNull;
  }

  Result<void> text_or_null(std::string_view key, std::string& out) {
    if (cursor_.kind() != JsonKind::kNull) return text(key, out);
    (void)cursor_.raw();
    return {};
  }

  Result<void> texts(std::string_view key, std::size_t limit, std::vector<std::string>& out) {
    if (cursor_.kind() != JsonKind::kArray) return refuse(key, "must be an array of strings");
    out.clear();
    cursor_.enter();
    while (cursor_.next_element()) {
      if (out.size() == limit) return refuse(key, fmt::format("has more than {} entries", limit));
      if (!is_text_or_null()) {
        return refuse(fmt::format("{}[{}]", key, out.size()), "must be a string");
      }
      (void)text_or_null(key, out.emplace_back());
    }
    has_sources_ = has_sources_ || &out == &map_->sources_;
    return {};
  }

  // An absolute path or URL in `sources` stands for itself.
  Result<void> add_source_root() {
    if (source_root_.empty()) return {};
    if (source_root_.back() != '/') source_root_ += '/';
    // It is repeated for every source, so a long one would multiply the map's memory.
    if (source_root_.size() * map_->sources_.size() > SourceMap::kMaxBytes) {
      return refuse("sourceRoot", fmt::format("has {} bytes for {} sources; that is too much",
                                              source_root_.size(), map_->sources_.size()));
    }
    for (std::string& source : map_->sources_) {
      const bool absolute = source.starts_with('/') || source.find("://") != std::string::npos;
      if (!absolute) source.insert(0, source_root_);
    }
    return {};
  }

  JsonCursor cursor_;
  std::shared_ptr<SourceMap> map_ = std::make_shared<SourceMap>();
  std::optional<std::string> mappings_;
  std::string source_root_;
  bool has_version_ = false;
  bool has_sources_ = false;
};

Result<std::shared_ptr<const SourceMap>> SourceMap::parse(std::string_view json) {
  if (json.size() > kMaxBytes) {
    return refuse("the source map",
                  fmt::format("has {} bytes; it may have at most {}", json.size(), kMaxBytes));
  }
  // The line that protects a map served as JavaScript.
  if (json.starts_with(")]}'")) json.remove_prefix(std::min(json.find('\n'), json.size()));
  if (const JsonScan scan = scan_json(json, kMaxDepth); !scan.ok()) {
    return refuse("the source map", fmt::format("is no JSON at offset {}", scan.offset));
  }
  return SourceMapReader(json).run();
}

std::optional<SourceMap::Position> SourceMap::find(std::uint32_t line, std::uint32_t column) const {
  if (line == 0 || column == 0 || line >= line_starts_.size()) return std::nullopt;
  const auto first = segments_.begin() + line_starts_[line - 1];
  const auto last = segments_.begin() + line_starts_[line];
  const auto after = std::upper_bound(
      first, last, column - 1,
      [](std::uint32_t at, const Segment& segment) { return at < segment.column; });
  if (after == first) return std::nullopt;
  const Segment& segment = *(after - 1);
  if (segment.source == kNone) return std::nullopt;
  return Position{
      sources_[segment.source], segment.source_line + 1, segment.source_column + 1,
      segment.name == kNone ? std::string_view{} : std::string_view(names_[segment.name])};
}

}  // namespace sublet::base
