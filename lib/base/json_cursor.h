// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sublet::base {

enum class JsonKind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// Walks a JSON text from front to back, knowing where each value stands, so that a refusal can name
// the line. The text must have passed scan_json(); the walk stays inside any text, but of one that
// has not passed the answers mean nothing.
//
//   cursor.enter();
//   while (cursor.next_member(member)) { ... consume the member's value ... }
//
// Ownership: borrows the text, which must outlive it.
// Thread safety: none; one thread at a time.
// Blocking: never.
// Errors: none.
class JsonCursor {
 public:
  struct Member {
    std::string key;
    std::size_t offset = 0;  // of the key's opening quote
  };

  explicit JsonCursor(std::string_view text);

  // Of the value the cursor stands at, not yet consumed.
  JsonKind kind() const;
  std::size_t offset() const { return at_; }

  // Goes into the array or object; the value is consumed when next_...() answers false.
  void enter() { ++at_; }
  bool next_member(Member& member);
  bool next_element();

  // Consumes a string. Half a surrogate pair becomes U+FFFD.
  std::string string();
  // Consumes any value, whose text this is.
  std::string_view raw();

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space();
  void skip_string();
  bool next();
  std::uint32_t hex4();
  void decode_escape(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
};

// The number that the text of a JSON number means where it is a whole one below 2^53 and not
// negative ("7", "1e3", "2.0"), else nullopt.
std::optional<std::uint64_t> whole_number(std::string_view text);

// The line, and the byte column in it, of an offset; both from 1.
struct TextPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};
TextPosition text_position(std::string_view text, std::size_t offset);

// Adds the UTF-8 form of a code point; of half a surrogate pair, U+FFFD.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace sublet::base
