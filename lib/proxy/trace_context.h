// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// W3C Trace Context, https://www.w3.org/TR/trace-context/.
namespace sublet::proxy {

// A traceparent of version 00 whose trace is that of `trace_parent` and whose span is `span`;
// nothing where `trace_parent` is none of version 00.
std::optional<std::string> child_of(std::string_view trace_parent, std::string_view span);

// A span's id: 16 hexadecimal digits, never all zeros.
std::string span_id_of(std::uint64_t random);

// Whether it can go out as it is: printable ASCII, no longer than the 512 bytes that everybody
// passes on.
bool is_trace_state(std::string_view text) noexcept;

// traceparent, tracestate, baggage: the proxy's own, whatever tenant code gives.
bool is_trace_field(std::string_view name) noexcept;

}  // namespace sublet::proxy
