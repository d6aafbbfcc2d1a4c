// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json_cursor.h"
#include "policy/request/declaration.h"
#include "sublet/result.h"

namespace sublet::policy {

// A name of the manifest as a message may show it: a plain one as it is.
std::string shown(const std::string& name);

// Reads one section of the manifest for its owner, whose cursor it moves. Every refusal names file,
// line and field.
//
// Ownership: borrows the text and the cursor.
// Thread safety: none; one thread at a time.
class SectionReader {
 public:
  // One member that an object may have, and who reads its value.
  template <typename T>
  struct Field {
    std::string_view name;
    Result<void> (*read)(SectionReader&, const std::string& field, T& out);
  };

  SectionReader(std::string_view text, base::JsonCursor& cursor) : text_(text), cursor_(cursor) {}

  base::JsonKind kind() const { return cursor_.kind(); }
  std::string_view raw() { return cursor_.raw(); }
  std::uint32_t line() { return line_of(cursor_.offset()); }

  Error refuse_at(std::uint32_t line, std::string_view what) const;
  // About the value the cursor stands at.
  Error refuse(std::string_view what) { return refuse_at(line(), what); }

  Result<void> text(const std::string& field, std::size_t most, LocatedText& out);
  Result<void> text(const std::string& field, std::size_t most, std::string& out);
  Result<void> flag(const std::string& field, bool& out);
  // Whether it is the second of two words.
  Result<void> word(const std::string& field, std::string_view first, std::string_view second,
                    bool& is_second);
  Result<void> number(const std::string& field, std::uint64_t low, std::uint64_t high,
                      std::uint64_t& out);
  Result<void> texts(const std::string& field, std::size_t most_entries, std::size_t most,
                     std::vector<std::string>& out);

  // Calls `read(field, name, line)` for every member: each once, and no more than `most`.
  template <typename Read>
  Result<void> members(const std::string& field, std::size_t most, Read read) {
    if (kind() != base::JsonKind::kObject) return refuse(field + " must be an object");
    std::unordered_map<std::string, std::uint32_t> seen;
    base::JsonCursor::Member member;
    cursor_.enter();
    while (cursor_.next_member(member)) {
      const std::uint32_t line = line_of(member.offset);
      if (auto checked = check_member(field, most, member.key, line, seen); !checked) {
        return checked;
      }
      if (auto done = read(field + "." + shown(member.key), member.key, line); !done) return done;
    }
    return {};
  }

  // Calls `read(field)` for every element.
  template <typename Read>
  Result<void> elements(const std::string& field, std::size_t most, Read read) {
    if (kind() != base::JsonKind::kArray) return refuse(field + " must be an array");
    std::size_t count = 0;
    cursor_.enter();
    while (cursor_.next_element()) {
      if (count == most) return too_many(field, most);
      if (auto done = read(field + "[" + std::to_string(count) + "]"); !done) return done;
      ++count;
    }
    return {};
  }

  template <typename T>
  Result<void> object(const std::string& field, std::span<const Field<T>> known, T& out) {
    return members(field, known.size(), known, out);
  }

 private:
  template <typename T>
  Result<void> members(const std::string& field, std::size_t most, std::span<const Field<T>> known,
                       T& out) {
    // One more, so that an unknown one is named rather than counted.
    return members(field, most + 1,
                   [&](const std::string& inner, const std::string& name, std::uint32_t line) {
                     for (const Field<T>& one : known) {
                       if (one.name == name) return one.read(*this, inner, out);
                     }
                     std::vector<std::string_view> names;
                     for (const Field<T>& one : known) names.push_back(one.name);
                     return Result<void>(unknown(field, name, line, names));
                   });
  }

  Result<void> check_member(const std::string& field, std::size_t most, const std::string& name,
                            std::uint32_t line,
                            std::unordered_map<std::string, std::uint32_t>& seen) const;
  Error unknown(const std::string& field, const std::string& name, std::uint32_t line,
                std::span<const std::string_view> known) const;
  Error too_many(const std::string& field, std::size_t most);
  std::uint32_t line_of(std::size_t offset);

  std::string_view text_;
  base::JsonCursor& cursor_;
  // Where lines were last counted to: sections are read front to back.
  std::size_t counted_ = 0;
  std::uint32_t counted_line_ = 1;
};

// A list of hosts as `egress` has it: each parses, none is there twice.
Result<void> read_hosts(SectionReader& reader, const std::string& field, std::size_t most,
                        std::vector<LocatedText>& out);
Result<void> read_requests(SectionReader& reader, std::vector<RequestDeclaration>& out);
Result<void> read_parameters(SectionReader& reader, std::vector<ParameterDeclaration>& out);
Result<void> read_oauth(SectionReader& reader, std::vector<OAuthDeclaration>& out);

}  // namespace sublet::policy
