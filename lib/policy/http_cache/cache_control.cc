// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/cache_control.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sublet::policy {
namespace {

using std::chrono::seconds;

struct Directive {
  std::string_view name;
  std::optional<std::string_view> argument;
};

// The length of the quoted-string at the start of `text`; 0 where it does not end.
std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

// Takes the next directive off `rest`. A quote that never ends is a character like others: what it
// swallowed might be a no-store.
Directive take_directive(std::string_view& rest) {
  const std::size_t equals = rest.find_first_of(",=");
  std::size_t end = std::min(rest.find(','), rest.size());
  Directive directive{trim_field(rest.substr(0, std::min(equals, end))), std::nullopt};
  if (equals != std::string_view::npos && rest[equals] == '=') {
    const std::size_t start = std::min(rest.find_first_not_of(" \t", equals + 1), rest.size());
    if (start < rest.size() && rest[start] == '"') {
      end = std::min(rest.find(',', start + quoted_length(rest.substr(start))), rest.size());
    }
    std::string_view argument = trim_field(rest.substr(equals + 1, end - equals - 1));
    if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"') {
      argument = argument.substr(1, argument.size() - 2);
    }
    directive.argument = argument;
  }
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return directive;
}

std::optional<seconds> seconds_of(const Directive& directive) {
  if (!directive.argument) return std::nullopt;
  return parse_delta_seconds(*directive.argument);
}

void keep_less(std::optional<seconds>& kept, seconds value) {
  kept = kept ? std::min(*kept, value) : value;
}

bool read_flag(const Directive& directive, CacheControl& control) {
  struct Flag {
    std::string_view name;
    bool CacheControl::*value;
  };
  static constexpr std::array kFlags = {
      Flag{"no-store", &CacheControl::no_store},
      Flag{"no-cache", &CacheControl::no_cache},
      Flag{"must-revalidate", &CacheControl::must_revalidate},
      Flag{"must-understand", &CacheControl::must_understand},
      Flag{"public", &CacheControl::is_public},
      Flag{"private", &CacheControl::is_private},
      Flag{"s-maxage", &CacheControl::has_s_maxage},
      Flag{"only-if-cached", &CacheControl::only_if_cached},
  };
  for (const Flag& flag : kFlags) {
    if (!same_field_name(directive.name, flag.name)) continue;
    control.*flag.value = true;
    return true;
  }
  return false;
}

void read_time(const Directive& directive, CacheControl& control) {
  const std::optional<seconds> time = seconds_of(directive);
  if (same_field_name(directive.name, "max-age")) {
    keep_less(control.max_age, time.value_or(seconds{0}));
  } else if (same_field_name(directive.name, "min-fresh")) {
    control.min_fresh =
        std::max(control.min_fresh.value_or(seconds{0}), time.value_or(kMostDeltaSeconds));
  } else if (same_field_name(directive.name, "max-stale")) {
    const seconds most = directive.argument ? seconds{0} : kMostDeltaSeconds;
    keep_less(control.max_stale, time.value_or(most));
  } else if (same_field_name(directive.name, "stale-while-revalidate")) {
    keep_less(control.stale_while_revalidate, time.value_or(seconds{0}));
  } else if (same_field_name(directive.name, "stale-if-error")) {
    keep_less(control.stale_if_error, time.value_or(seconds{0}));
  }
}

}  // namespace

CacheControl response_cache_control(const HttpFields& fields) {
  CacheControl control;
  for (std::string_view rest : values_of(fields, "Cache-Control")) {
    while (!rest.empty()) {
      const Directive directive = take_directive(rest);
      if (!read_flag(directive, control)) read_time(directive, control);
    }
  }
  return control;
}

CacheControl request_cache_control(const HttpFields& fields) {
  if (has_field(fields, "Cache-Control")) return response_cache_control(fields);
  CacheControl control;
  for (const std::string_view pragma : list_members(fields, "Pragma")) {
    control.no_cache = control.no_cache || same_field_name(pragma, "no-cache");
  }
  return control;
}

}  // namespace sublet::policy
