// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/validation.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sublet::policy {
namespace {

std::string_view opaque_part(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

bool is_weak(std::string_view tag) { return tag.starts_with("W/"); }

// RFC 9111 section 4.3.4, where one response was asked about: a strong tag has to be the same, a
// weak one to say the same, and without a tag the date has to be the same. A 304 that names nothing
// can only mean what it was asked.
bool speaks_of(const HttpFields& stored, const HttpFields& not_modified) {
  if (has_field(not_modified, "ETag")) {
    const auto tag = only_value_of(not_modified, "ETag");
    const auto known = only_value_of(stored, "ETag");
    if (!tag || !known) return false;
    return is_weak(*tag) ? opaque_part(*tag) == opaque_part(*known) : *tag == *known;
  }
  if (has_field(not_modified, "Last-Modified") && !has_field(stored, "ETag")) {
    return only_value_of(not_modified, "Last-Modified") == only_value_of(stored, "Last-Modified");
  }
  return true;
}

// Section 3.2: what describes the body as it came stays with the body.
bool stays(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames = {"Content-Length", "Content-Encoding",
                                                      "Content-Range", "Content-Type"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view other) { return same_field_name(name, other); });
}

// Age and Date are of the message: what the older one said of itself says nothing of the newer.
bool is_replaced(std::string_view name, const HttpFields& by) {
  return has_field(by, name) || same_field_name(name, "Age") || same_field_name(name, "Date");
}

}  // namespace

HttpFields conditional_fields(const StoredResponse& stored) {
  HttpFields fields;
  if (const auto tag = only_value_of(stored.fields, "ETag"); tag && !tag->empty()) {
    fields.push_back({"If-None-Match", std::string(*tag)});
  }
  if (const auto date = only_value_of(stored.fields, "Last-Modified"); date && !date->empty()) {
    fields.push_back({"If-Modified-Since", std::string(*date)});
  }
  return fields;
}

std::optional<CacheableResponse> refreshed(const StoredResponse& stored,
                                           const CacheableResponse& not_modified) {
  if (!speaks_of(stored.fields, not_modified.fields)) return std::nullopt;
  CacheableResponse merged;
  merged.status = stored.status;
  merged.body = stored.body;
  merged.times = not_modified.times;
  for (const HttpField& field : stored.fields) {
    if (stays(field.name) || !is_replaced(field.name, not_modified.fields)) {
      merged.fields.push_back(field);
    }
  }
  for (const HttpField& field : not_modified.fields) {
    if (!stays(field.name)) merged.fields.push_back(field);
  }
  return merged;
}

}  // namespace sublet::policy
