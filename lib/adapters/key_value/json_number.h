// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sublet::adapters {

// What JavaScript makes of the text of a JSON number: the nearest double, infinite beyond its
// range.
double parse_json_number(std::string_view text) noexcept;

// As JavaScript writes a finite number: "2", "0.30000000000000004", "1e+21".
std::string javascript_number(double value);

}  // namespace sublet::adapters
