// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/key_range.h"

#include <doctest/doctest.h>

namespace sublet::adapters {

TEST_CASE("key range: the end of a prefix is the next larger key of no more bytes") {
  CHECK(end_of_prefix("a") == "b");
  CHECK(end_of_prefix("a\xFF") == "b");
  CHECK(end_of_prefix("a\xFF\xFF") == "b");
  CHECK(end_of_prefix("a\x7F") == "a\x80");
  CHECK(end_of_prefix(std::string_view("a\0", 2)) == "a\x01");
  CHECK(end_of_prefix("\xFE\xFF") == "\xFF");
}

TEST_CASE("key range: some prefixes have no end") {
  CHECK_FALSE(end_of_prefix("").has_value());
  CHECK_FALSE(end_of_prefix("\xFF").has_value());
  CHECK_FALSE(end_of_prefix("\xFF\xFF").has_value());
}

}  // namespace sublet::adapters
