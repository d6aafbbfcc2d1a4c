// SPDX-License-Identifier: Apache-2.0
#include "proxy/trace_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/http_fields.h"

namespace sublet::proxy {
namespace {

constexpr std::size_t kTraceParentBytes = 55;
constexpr std::size_t kMostTraceState = 512;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Sections 3.2.2.3 and 3.2.2.4: all zeros is no id.
bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<std::string> child_of(std::string_view trace_parent, std::string_view span) {
  if (trace_parent.size() != kTraceParentBytes || !trace_parent.starts_with("00-") ||
      trace_parent[35] != '-' || trace_parent[52] != '-') {
    return std::nullopt;
  }
  const std::string_view trace = trace_parent.substr(3, 32);
  const std::string_view flags = trace_parent.substr(53);
  if (!is_id(trace) || !is_id(trace_parent.substr(36, 16)) || !is_lower_hex(flags)) {
    return std::nullopt;
  }
  return fmt::format("00-{}-{}-{}", trace, span, flags);
}

std::string span_id_of(std::uint64_t random) {
  return fmt::format("{:016x}", random == 0 ? 1 : random);
}

bool is_trace_state(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMostTraceState &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_trace_field(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> kNames = {"traceparent", "tracestate", "baggage"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view own) { return policy::same_field_name(name, own); });
}

}  // namespace sublet::proxy
