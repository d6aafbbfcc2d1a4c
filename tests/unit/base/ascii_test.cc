// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"

#include <doctest/doctest.h>

#include "base/http_names.h"

namespace sublet::base {
namespace {

TEST_CASE("ascii: letters change their case, other bytes do not") {
  CHECK(lower_case("AbZ[`{@ \xC4") == "abz[`{@ \xC4");
  CHECK(same_but_for_case("Content-Type", "content-TYPE"));
  CHECK_FALSE(same_but_for_case("a", "ab"));
  CHECK_FALSE(same_but_for_case("[", "{"));
  CHECK_FALSE(same_but_for_case("@", "`"));
}

TEST_CASE("ascii: hexadecimal in both directions") {
  CHECK(to_hex(std::string_view("\x00\x7F\xFFz", 4)) == "007fff7a");
  CHECK(hex_value('0') == 0);
  CHECK(hex_value('f') == 15);
  CHECK(hex_value('F') == 15);
  for (const char c : {'g', 'G', '/', ':', '@', '`', '\xE6'}) CHECK(hex_value(c) == -1);
}

TEST_CASE("http names: tokens, and headers that are the transport's own") {
  CHECK(is_http_token("X-Token_1.~"));
  for (const char* text : {"", "a b", "a:b", "a\"", "a\x7F", "caf\xC3\xA9", "a[", "(a)"}) {
    CAPTURE(text);
    CHECK_FALSE(is_http_token(text));
  }
  CHECK(is_transport_header("Host"));
  CHECK(is_transport_header("transfer-ENCODING"));
  CHECK_FALSE(is_transport_header("hosts"));
  CHECK_FALSE(is_transport_header("authorization"));
}

}  // namespace
}  // namespace sublet::base
