// SPDX-License-Identifier: Apache-2.0
#include "policy/suggestion.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace sublet::policy {

TEST_CASE("suggestion: the nearest word is found, and none where nothing is near") {
  static constexpr std::array<std::string_view, 4> kKnown = {"name", "version", "main", "cpu_ms"};
  CHECK(nearest_word("vesion", kKnown) == "version");
  CHECK(nearest_word("Version", kKnown) == "version");
  CHECK(nearest_word("nmae", kKnown) == std::nullopt);
  CHECK(nearest_word("nam", kKnown) == "name");
  CHECK(nearest_word("cpu", kKnown) == std::nullopt);
  CHECK(nearest_word("cpuMs", kKnown) == "cpu_ms");
  CHECK(nearest_word("", kKnown) == std::nullopt);
  CHECK(nearest_word("entirely different", kKnown) == std::nullopt);
  CHECK(nearest_word(std::string(10'000, 'n'), kKnown) == std::nullopt);
}

}  // namespace sublet::policy
