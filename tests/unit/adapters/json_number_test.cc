// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/json_number.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

namespace sublet::adapters {

TEST_CASE("json number: written as JavaScript writes it") {
  // What String(x) gives.
  const std::pair<double, const char*> numbers[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {2.0, "2"},
      {-1.0, "-1"},
      {10.0, "10"},
      {123456.0, "123456"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1.5, "1.5"},
      {-12.25, "-12.25"},
      {9007199254740991.0, "9007199254740991"},
      {9007199254740992.0, "9007199254740992"},
      {123456789012345680000.0, "123456789012345680000"},
      {999999999999999900000.0, "999999999999999900000"},
      {1e21, "1e+21"},
      {1.5e21, "1.5e+21"},
      {1e100, "1e+100"},
      {0.000001, "0.000001"},
      {0.0000015, "0.0000015"},
      {0.0000001, "1e-7"},
      {-0.00000015, "-1.5e-7"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {5e-324, "5e-324"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {100.5, "100.5"},
      {1e20, "100000000000000000000"},
  };
  for (const auto& [value, text] : numbers) CHECK(javascript_number(value) == text);
}

TEST_CASE("json number: what is written is read as the same number") {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 200'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const std::string text = javascript_number(value);
    if (parse_json_number(text) != value) FAIL("not the same: " << text);
  }
}

TEST_CASE("json number: beyond a double's range") {
  CHECK(parse_json_number("1e400") == std::numeric_limits<double>::infinity());
  CHECK(parse_json_number("-1e400") == -std::numeric_limits<double>::infinity());
  CHECK(parse_json_number(std::string(400, '9')) == std::numeric_limits<double>::infinity());
  CHECK(parse_json_number("1e-400") == 0);
  CHECK(parse_json_number("-1E-400") == 0);
  CHECK(parse_json_number("0." + std::string(400, '0') + "1") == 0);
  CHECK(parse_json_number("9007199254740993") == 9007199254740992.0);
}

}  // namespace sublet::adapters
