// SPDX-License-Identifier: Apache-2.0
#include "events/flat_fields.h"

#include <nlohmann/json.hpp>

namespace sublet::events {
namespace {

using Json = nlohmann::json;

}  // namespace

FlatFields FlatFields::read(std::string_view json) {
  FlatFields fields;
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) return fields;
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_string()) fields.fields_[name] = value.get<std::string>();
    if (value.is_number_integer()) fields.fields_[name] = value.get<std::int64_t>();
  }
  return fields;
}

void FlatFields::put(const char* name, std::string_view text) {
  if (!text.empty()) fields_[name] = std::string(text);
}

void FlatFields::put(const char* name, std::int64_t number) {
  if (number != 0) fields_[name] = number;
}

std::string FlatFields::text(const char* name) const {
  const auto found = fields_.find(name);
  const auto* text = found == fields_.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string() : *text;
}

std::int64_t FlatFields::number(const char* name) const {
  const auto found = fields_.find(name);
  const auto* number = found == fields_.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return number == nullptr ? 0 : *number;
}

std::string FlatFields::to_json() const {
  Json json = Json::object();
  for (const auto& [name, field] : fields_) {
    std::visit([&, key = &name](const auto& value) { json[*key] = value; }, field);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sublet::events
