// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/form_text.h"

#include <algorithm>

#include "base/utf8.h"
#include "policy/request/escape.h"

namespace sublet::proxy {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
    if (low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (!base::is_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace

bool has_form_field(const FormFields& fields, std::string_view name) noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

std::string form_encoded(std::string_view text) {
  std::string out;
  policy::append_form_encoded(out, text);
  return out;
}

std::string write_form(const FormFields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    policy::append_form_encoded(out, name);
    out += '=';
    policy::append_form_encoded(out, value);
  }
  return out;
}

std::optional<FlatObject> read_form(std::string_view text) {
  FlatObject out;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    const std::size_t equals = field.find('=');
    const auto name = decoded(field.substr(0, equals));
    auto value =
        decoded(equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    if (!name->empty()) out.add(*name, *std::move(value));
  }
  return out;
}

}  // namespace sublet::proxy
