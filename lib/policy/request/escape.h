// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// How a value is written where it may not be more than a value.
namespace sublet::policy {

// All but RFC 3986's unreserved characters as %XX.
void append_percent_encoded(std::string& out, std::string_view text);
// As application/x-www-form-urlencoded (WHATWG URL): "+" for a space.
void append_form_encoded(std::string& out, std::string_view text);
// What stands between the quotes of a JSON string. The text must be UTF-8.
void append_json_escaped(std::string& out, std::string_view text);
// Text or an attribute's value of XML: & < > " ' as references.
void append_xml_escaped(std::string& out, std::string_view text);

// Whether a byte below 0x20, or 0x7F, is in it.
bool has_control(std::string_view text) noexcept;

// Printable ASCII and spaces: what a header's value may have here. RFC 9110 section 5.5 lets bytes
// above 0x7F through without saying what they mean, so they are refused; tabs too.
bool is_header_text(std::string_view text) noexcept;
// "." or "..", with "%2e" for a dot as readers of URLs take it.
bool is_dot_segment(std::string_view text);

}  // namespace sublet::policy
