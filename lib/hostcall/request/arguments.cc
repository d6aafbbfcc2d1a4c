// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/arguments.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/json_cursor.h"
#include "hostcall/argument_fields.h"
#include "hostcall/argument_objects.h"

namespace sublet::hostcall {
namespace {

using base::JsonCursor;
using base::JsonKind;

constexpr std::uint32_t kMaxDepth = 80;
constexpr std::uint64_t kMostTimeout = 600'000;  // Limits::request_time is no more
constexpr std::size_t kMaxUser = 256;
constexpr std::size_t kNonce = 32;
constexpr std::size_t kMaxHeaders = 256;

Result<void> put_timeout(JsonCursor& cursor, std::optional<std::chrono::milliseconds>& out) {
  const auto value = base::whole_number(cursor.raw());
  if (!value || *value < 1) {
    return wrong("timeout must be a whole number of milliseconds, at least 1");
  }
  out = std::chrono::milliseconds(std::min(*value, kMostTimeout));
  return {};
}

struct TemplateReading {
  TemplateArguments made;
  bool has_body = false;
};

Result<void> read_user(JsonCursor& cursor, TemplateReading& out) {
  if (Result<void> read = put_text(cursor, "user", out.made.user); !read) return read;
  if (out.made.user.size() <= kMaxUser) return {};
  return wrong("user has more than " + std::to_string(kMaxUser) + " bytes");
}

Result<void> read_context(JsonCursor& cursor, TemplateReading& out) {
  if (cursor.kind() != JsonKind::kObject) return wrong("context must be an object");
  out.made.context = cursor.raw();
  return {};
}

Result<void> read_body_type(JsonCursor& cursor, TemplateReading& out) {
  static constexpr std::array<std::string_view, 3> kTypes = {"json", "text", "bytes"};
  out.has_body = true;
  Result<std::size_t> word = read_word(cursor, "type", kTypes);
  return word ? Result<void>() : word.error();
}

constexpr std::array<Field<TemplateReading>, 4> kTemplateFields = {{
    {"context", read_context},
    {"timeout", [](JsonCursor& cursor,
                   TemplateReading& out) { return put_timeout(cursor, out.made.timeout); }},
    {"user", read_user},
    {"type", read_body_type},
}};

struct FetchReading {
  FetchArguments made;
  bool has_body = false;
};

Result<void> read_headers(JsonCursor& cursor, FetchReading& out) {
  if (cursor.kind() != JsonKind::kArray) return wrong("headers must be an array");
  cursor.enter();
  while (cursor.next_element()) {
    if (out.made.headers.size() == kMaxHeaders) {
      return wrong("there are more than " + std::to_string(kMaxHeaders) + " headers");
    }
    std::array<std::string, 2> pair;
    std::size_t count = 0;
    if (cursor.kind() != JsonKind::kArray) return wrong("a header must be a name and a value");
    cursor.enter();
    while (cursor.next_element()) {
      if (count == pair.size()) return wrong("a header must be a name and a value");
      if (Result<void> read = put_text(cursor, "a header", pair[count++]); !read) return read;
    }
    if (count != pair.size()) return wrong("a header must be a name and a value");
    out.made.headers.push_back({std::move(pair[0]), std::move(pair[1])});
  }
  return {};
}

Result<void> read_redirect(JsonCursor& cursor, FetchReading& out) {
  static constexpr std::array<std::string_view, 3> kModes = {"follow", "error", "manual"};
  Result<std::size_t> word = read_word(cursor, "redirect", kModes);
  if (!word) return word.error();
  out.made.redirect = static_cast<proxy::RedirectMode>(*word);
  return {};
}

Result<void> read_cache(JsonCursor& cursor, FetchReading& out) {
  static constexpr std::array<std::string_view, 6> kModes = {
      "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"};
  Result<std::size_t> word = read_word(cursor, "cache", kModes);
  if (!word) return word.error();
  out.made.cache = static_cast<proxy::CacheMode>(*word);
  return {};
}

Result<void> read_has_body(JsonCursor& cursor, FetchReading& out) {
  out.has_body = cursor.raw() == "true";
  return {};
}

Result<void> read_nonce(JsonCursor& cursor, FetchReading& out) {
  if (Result<void> read = put_text(cursor, "nonce", out.made.nonce); !read) return read;
  const bool hex = out.made.nonce.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hex && out.made.nonce.size() == kNonce ? Result<void>() : wrong("nonce is none");
}

constexpr std::array<Field<FetchReading>, 8> kFetchFields = {{
    {"url", [](JsonCursor& cursor,
               FetchReading& out) { return put_text(cursor, "the URL", out.made.url); }},
    {"method", [](JsonCursor& cursor,
                  FetchReading& out) { return put_text(cursor, "method", out.made.method); }},
    {"headers", read_headers},
    {"redirect", read_redirect},
    {"cache", read_cache},
    {"timeout",
     [](JsonCursor& cursor, FetchReading& out) { return put_timeout(cursor, out.made.timeout); }},
    {"nonce", read_nonce},
    {"body", read_has_body},
}};

std::shared_ptr<const std::string> shared_body(bool present, std::string body) {
  return present ? std::make_shared<const std::string>(std::move(body)) : nullptr;
}

}  // namespace

Result<TemplateArguments> read_template_arguments(std::string_view arguments, std::string body) {
  JsonCursor cursor(arguments);
  TemplateReading reading;
  if (Result<void> entered = enter_arguments(arguments, kMaxDepth, cursor); !entered) return entered.error();
  if (Result<void> name = put_text(cursor, "the template's name", reading.made.name); !name) {
    return name.error();
  }
  if (cursor.next_element()) {
    Result<void> read = read_object<TemplateReading>(cursor, kTemplateFields, reading);
    if (!read) return read.error();
    if (cursor.next_element()) return wrong("there are too many arguments");
  }
  reading.made.body = shared_body(reading.has_body, std::move(body));
  return std::move(reading.made);
}

Result<FetchArguments> read_fetch_arguments(std::string_view arguments, std::string body) {
  JsonCursor cursor(arguments);
  FetchReading reading;
  if (Result<void> entered = enter_arguments(arguments, kMaxDepth, cursor); !entered) return entered.error();
  Result<void> read = read_object<FetchReading>(cursor, kFetchFields, reading);
  if (!read) return read.error();
  if (cursor.next_element()) return wrong("there are too many arguments");
  reading.made.body = shared_body(reading.has_body, std::move(body));
  return std::move(reading.made);
}

}  // namespace sublet::hostcall
