// SPDX-License-Identifier: Apache-2.0
#include "base/json_cursor.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::base {

TEST_CASE("json_cursor: members come in order, with where they stand") {
  const std::string text = "{ \"a\" : 1,\n \"b\":[true, \"x\", {\"c\":[]}],\"d\":null }";
  JsonCursor cursor(text);
  REQUIRE(cursor.kind() == JsonKind::kObject);
  JsonCursor::Member member;
  cursor.enter();
  REQUIRE(cursor.next_member(member));
  CHECK(member.key == "a");
  CHECK(cursor.kind() == JsonKind::kNumber);
  CHECK(cursor.raw() == "1");
  REQUIRE(cursor.next_member(member));
  CHECK(member.key == "b");
  CHECK(text_position(text, member.offset).line == 2);
  CHECK(text_position(text, member.offset).column == 2);
  cursor.enter();
  REQUIRE(cursor.next_element());
  CHECK(cursor.raw() == "true");
  REQUIRE(cursor.next_element());
  CHECK(cursor.string() == "x");
  REQUIRE(cursor.next_element());
  CHECK(cursor.raw() == "{\"c\":[]}");
  CHECK_FALSE(cursor.next_element());
  REQUIRE(cursor.next_member(member));
  CHECK(cursor.kind() == JsonKind::kNull);
  CHECK(cursor.raw() == "null");
  CHECK_FALSE(cursor.next_member(member));
}

TEST_CASE("json_cursor: escapes are decoded, half a surrogate pair is U+FFFD") {
  const auto decoded = [](std::string_view text) { return JsonCursor(text).string(); };
  CHECK(decoded(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(decoded(R"("\u00e9\u20AC")") == "\xC3\xA9\xE2\x82\xAC");
  CHECK(decoded(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
  CHECK(decoded(R"("\ud83dx")") == "\xEF\xBF\xBDx");
  CHECK(decoded(R"("\ud83dA")") ==
        "\xEF\xBF\xBD"
        "A");
  CHECK(decoded(R"("\ude00")") == "\xEF\xBF\xBD");
  CHECK(decoded(R"("")").empty());
}

TEST_CASE("json_cursor: a text that is no JSON is walked without leaving it") {
  for (const std::string text : {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[", "[1", "\"\\",
                                 "\"\\u12", "\"\\ud800\\u", "]", "{]", "[}", "tru"}) {
    for (int way = 0; way < 3; ++way) {
      JsonCursor cursor(text);
      JsonCursor::Member member;
      if (way == 0) CHECK(cursor.raw().size() <= text.size());
      if (way == 1) CHECK(cursor.string().size() <= 3 * text.size());
      if (way == 2) {
        cursor.enter();
        int steps = 0;
        while (cursor.next_member(member) && steps < 10) ++steps;
        CHECK(steps <= 10);
      }
      CHECK(cursor.offset() <= text.size() + 1);
    }
  }
}

TEST_CASE("json_cursor: whole numbers are told from others") {
  CHECK(whole_number("0") == 0);
  CHECK(whole_number("-0") == 0);
  CHECK(whole_number("60000") == 60000);
  CHECK(whole_number("1e3") == 1000);
  CHECK(whole_number("2.0") == 2);
  CHECK(whole_number("9007199254740991") == 9007199254740991u);
  for (const char* text : {"-1", "1.5", "1e-1", "9007199254740992", "1e999", "-1e999"}) {
    CAPTURE(text);
    CHECK_FALSE(whole_number(text).has_value());
  }
}

}  // namespace sublet::base
