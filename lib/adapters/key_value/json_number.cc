// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/json_number.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace sublet::adapters {
namespace {

// from_chars() does not say on which side of a double's range a number is.
bool is_tiny(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return text.substr(exponent + 1).starts_with('-');
  return text.starts_with("0.") || text.starts_with("-0.");
}

}  // namespace

double parse_json_number(std::string_view text) noexcept {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  if (is_tiny(text)) return 0;
  const double infinite = std::numeric_limits<double>::infinity();
  return text.starts_with('-') ? -infinite : infinite;
}

std::string javascript_number(double value) {
  if (value == 0) return "0";
  std::array<char, 32> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value < 0 ? -value : value,
                    std::chars_format::scientific);
  const std::string_view shortest(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  // "d.ddde+xx": the shortest digits that mean this number and no other.
  const std::size_t e = shortest.find('e');
  std::string digits(shortest.substr(0, 1));
  if (e > 1) digits += shortest.substr(2, e - 2);
  int exponent = 0;
  const std::size_t sign = shortest[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(shortest.data() + sign, shortest.data() + shortest.size(), exponent);

  // Number::toString of ECMA-262: where the point stands among the digits.
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;
  std::string text;
  if (point > 21 || point < -5) {
    text = digits.substr(0, 1);
    if (count > 1) text += "." + digits.substr(1);
    text += exponent < 0 ? "e-" : "e+";
    text += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    text = "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else if (point >= count) {
    text = digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else {
    text = digits;
    text.insert(static_cast<std::size_t>(point), ".");
  }
  return value < 0 ? "-" + text : text;
}

}  // namespace sublet::adapters
