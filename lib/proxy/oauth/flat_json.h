// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_cursor.h"

// Objects of JSON whose members are texts and numbers.
namespace sublet::proxy {

struct FlatValue {
  base::JsonKind kind = base::JsonKind::kNull;
  std::string text;  // of a string what it says, else its JSON text
};

class FlatObject {
 public:
  // Nullopt: `text` is no JSON object.
  static std::optional<FlatObject> read(std::string_view text);

  // Empty where the member is no string.
  const std::string& text(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;  // 0 where it is no whole number
  const FlatValue* find(std::string_view name) const;
  // Wipes what it holds: answers and records have secrets in them.
  ~FlatObject();
  FlatObject() = default;
  FlatObject(FlatObject&&) = default;
  FlatObject& operator=(FlatObject&&) = default;
  FlatObject(const FlatObject&) = delete;
  FlatObject& operator=(const FlatObject&) = delete;

  void add(std::string_view name, std::string value);

 private:
  std::map<std::string, FlatValue, std::less<>> members_;
};

// Writes one, member by member. Texts must be UTF-8.
class FlatWriter {
 public:
  FlatWriter& text(std::string_view name, std::string_view value);
  FlatWriter& number(std::string_view name, std::uint64_t value);
  // `json` is a JSON value as it is.
  FlatWriter& raw(std::string_view name, std::string_view json);
  std::string take();

 private:
  void name(std::string_view name);
  std::string out_ = "{";
};

}  // namespace sublet::proxy
