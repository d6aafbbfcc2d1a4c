// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_cursor.h"
#include "policy/manifest.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {

// One of the words that a field allows, and what it means.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

// Reads the manifest front to back; the first fault ends it.
class ManifestReader {
 public:
  explicit ManifestReader(std::string_view text)
      : text_(text), cursor_(text), sections_(text, cursor_) {}

  Result<Manifest> run();

 private:
  struct Field {
    std::string_view name;
    Result<void> (ManifestReader::*read)();
    bool required;
  };
  static std::span<const Field> fields();
  static std::size_t index_of(std::string_view name);

  // The offset of each field's key in the text, where it was given.
  std::optional<std::size_t>& seen(std::string_view name) { return seen_[index_of(name)]; }

  std::uint32_t line(std::size_t offset) const { return base::text_position(text_, offset).line; }
  Error refuse(std::size_t offset, std::string_view what,
               ErrorCode code = ErrorCode::kInvalidArgument) const {
    return {code, std::string(kManifestFile) + ":" + std::to_string(line(offset)) + ": " +
                      std::string(what)};
  }
  Result<void> located(std::size_t offset, const Result<void>& checked) const {
    if (checked) return {};
    return refuse(offset, checked.error().message);
  }
  Error unknown(const base::JsonCursor::Member& member, std::string_view prefix,
                std::span<const std::string_view> known) const;
  Error twice(std::string_view name, std::size_t offset, std::size_t first) const;

  Result<void> field(const base::JsonCursor::Member& member);
  Result<void> text_field(std::string_view name, std::size_t limit, std::string& out);
  template <typename T, std::size_t kCount>
  Result<void> choice(std::string_view name, const std::array<Choice<T>, kCount>& choices, T& out);

  Result<void> schema();
  Result<void> name();
  Result<void> version();
  Result<void> compatibility_date();
  Result<void> main();
  Result<void> description();
  Result<void> handlers();
  Result<void> handler(const base::JsonCursor::Member& member);
  Result<void> state();
  Result<void> realm();
  Result<void> isolation();
  Result<void> kv();
  Result<void> kv_namespaces();
  Result<void> limits();
  Result<void> limit(const base::JsonCursor::Member& member, std::span<std::optional<std::size_t>>);
  Result<void> requests();
  Result<void> parameters();
  Result<void> egress();
  Result<void> oauth();
  Result<void> delivery();
  Result<void> schedules();
  Result<void> webhooks();
  Result<void> check_together();
  Result<void> check_requests() const;
  Result<void> check_events() const;
  // Whether the event of a section's member has a handler.
  Result<void> handles(std::uint32_t line, const std::string& field,
                       const std::string& event) const;

  static constexpr std::size_t kFields = 20;

  std::string_view text_;
  base::JsonCursor cursor_;
  SectionReader sections_;
  Manifest manifest_;
  std::array<std::optional<std::size_t>, kFields> seen_;
};

}  // namespace sublet::policy
