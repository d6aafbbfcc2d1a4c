// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_target.h"

#include <algorithm>

#include "base/ascii.h"

namespace sublet::policy {
namespace {

bool is_base64url(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string_view without_fragment(std::string_view target) noexcept {
  return target.substr(0, target.find('#'));
}

std::string decode_form(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escaped = text[at] == '%' && text.size() - at > 2 &&
                         base::hex_value(text[at + 1]) >= 0 && base::hex_value(text[at + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(base::hex_value(text[at + 1]) * 16 + base::hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

}  // namespace

std::string_view webhook_address(std::string_view target) noexcept {
  const std::string_view path = without_fragment(target.substr(0, target.find('?')));
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view address = path.substr(slash + 1);
  const bool is_one = address.size() == kWebhookAddressBytes &&
                      std::all_of(address.begin(), address.end(), is_base64url);
  return is_one ? address : std::string_view();
}

std::vector<std::pair<std::string, std::string>> webhook_query(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string_view whole = without_fragment(target);
  std::string_view query = whole.substr(std::min(whole.find('?'), whole.size()));
  if (!query.empty()) query.remove_prefix(1);
  while (!query.empty() && fields.size() < kMostQueryFields) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view field = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    std::string name = decode_form(field.substr(0, equals));
    const bool is_new = std::none_of(fields.begin(), fields.end(),
                                     [&](const auto& other) { return other.first == name; });
    if (!is_new) continue;
    fields.emplace_back(std::move(name),
                        decode_form(field.substr(std::min(equals + 1, field.size()))));
  }
  return fields;
}

}  // namespace sublet::policy
