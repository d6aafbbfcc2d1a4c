// SPDX-License-Identifier: Apache-2.0
#include "policy/names.h"

#include <fmt/format.h>

#include <string>

namespace sublet::policy {
namespace {

constexpr std::size_t kMaxQuoted = 80;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }
bool starts_identifier(char c) { return is_lower(c) || is_upper(c) || c == '_' || c == '$'; }

bool is_identifier(std::string_view text) {
  if (text.empty() || !starts_identifier(text.front())) return false;
  for (const char c : text) {
    if (!starts_identifier(c) && !is_digit(c)) return false;
  }
  return true;
}

bool is_dotted_identifier(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_identifier(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

template <typename Accepts>
bool all_of(std::string_view text, Accepts accepts) {
  for (const char c : text) {
    if (!accepts(c)) return false;
  }
  return true;
}

Error wrong(std::string_view field, std::string_view name, std::string_view rule) {
  return {ErrorCode::kInvalidArgument, fmt::format("{} {} {}", field, in_quotes(name), rule)};
}

Result<void> check_size(std::string_view field, std::string_view name, std::size_t limit) {
  if (name.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} is empty; it must have 1 to {} bytes", field, limit)};
  }
  if (name.size() > limit) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} has {} bytes; it may have at most {}", field, name.size(), limit)};
  }
  return {};
}

}  // namespace

Result<void> check_tenant_id(std::string_view field, std::string_view name) {
  if (auto size = check_size(field, name, kMaxTenantId); !size) return size;
  const auto accepts = [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
  };
  if (!all_of(name, accepts)) return wrong(field, name, "may only have A-Z a-z 0-9 . _ : -");
  return {};
}

Result<void> check_event_name(std::string_view field, std::string_view name) {
  if (auto size = check_size(field, name, kMaxEventName); !size) return size;
  const auto accepts = [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '/' || c == '$' ||
           c == '-';
  };
  if (!all_of(name, accepts)) return wrong(field, name, "may only have A-Z a-z 0-9 . _ : / $ -");
  return {};
}

Result<void> check_extension_name(std::string_view field, std::string_view name) {
  if (auto size = check_size(field, name, kMaxExtensionName); !size) return size;
  const auto accepts = [](char c) {
    return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  };
  const bool starts_well = is_lower(name.front()) || is_digit(name.front());
  if (!starts_well || !all_of(name, accepts)) {
    return wrong(field, name, "must start with a-z or 0-9 and may only have a-z 0-9 . _ -");
  }
  return {};
}

Result<void> check_host_function_name(std::string_view field, std::string_view name) {
  if (auto size = check_size(field, name, kMaxHostFunctionName); !size) return size;
  if (!is_dotted_identifier(name)) {
    return wrong(field, name, "must be identifiers with dots between them, like \"crm.find\"");
  }
  return {};
}

Result<void> check_export_name(std::string_view field, std::string_view name) {
  if (auto size = check_size(field, name, kMaxExportName); !size) return size;
  if (!is_identifier(name)) {
    return wrong(field, name,
                 "must be a JavaScript identifier: A-Z a-z 0-9 _ $, not starting with a digit");
  }
  return {};
}

Result<void> check_event_id(std::string_view field, std::string_view id) {
  if (id.size() > kMaxEventId) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} has {} bytes; it may have at most {}",
                                                          field, id.size(), kMaxEventId)};
  }
  if (!all_of(id, [](char c) { return c > ' ' && c <= '~'; })) {
    return wrong(field, id, "may only have printable ASCII characters without spaces");
  }
  return {};
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kMaxQuoted)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  out += text.size() > kMaxQuoted ? "...\"" : "\"";
  return out;
}

}  // namespace sublet::policy
