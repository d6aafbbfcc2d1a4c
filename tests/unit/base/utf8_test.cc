// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "base/json_cursor.h"

namespace sublet::base {

TEST_CASE("utf8: every code point is accepted but the surrogates") {
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    std::string text;
    append_utf8(text, code);
    if (utf8_valid_prefix(text) != text.size()) FAIL("refused code point " << code);
  }
}

TEST_CASE("utf8: malformed sequences end the valid prefix where they begin") {
  const std::string malformed[] = {"\x80",
                                   "\xBF",
                                   "\xC0\x80",
                                   "\xC1\xBF",
                                   "\xC3",
                                   "\xC3(",
                                   "\xE0\x80\x80",
                                   "\xE0\x9F\xBF",
                                   "\xED\xA0\x80",
                                   "\xED\xBF\xBF",
                                   "\xE2\x82",
                                   "\xE2(\xA1",
                                   "\xF0\x80\x80\x80",
                                   "\xF0\x8F\xBF\xBF",
                                   "\xF4\x90\x80\x80",
                                   "\xF5\x80\x80\x80",
                                   "\xF0\x9F\x98",
                                   "\xFE",
                                   "\xFF"};
  for (const std::string& bad : malformed) {
    for (const std::size_t before : {0, 1, 15, 31, 32, 33, 64, 100}) {
      CAPTURE(before);
      CHECK(utf8_valid_prefix(std::string(before, 'a') + bad + "tail") == before);
      CHECK(utf8_valid_prefix(std::string(before, 'a') + "\xC3\xA9" + bad) == before + 2);
    }
  }
}

TEST_CASE("utf8: is_ascii finds one high byte wherever it stands") {
  for (std::size_t size = 0; size < 130; ++size) {
    std::string text(size, 'x');
    CHECK(is_ascii(text));
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      if (is_ascii(text)) FAIL("missed at " << at << " of " << size);
      text[at] = 'x';
    }
  }
}

TEST_CASE("utf8: a cut falls between characters and is as long as it may be") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";  // 1, 2, 3, 4 and 1 bytes
  const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t limit = 0; limit < std::size(expected); ++limit) {
    CAPTURE(limit);
    CHECK(cut_utf8(text, limit).size() == expected[limit]);
  }
  CHECK(cut_utf8(std::string(10, '\x80'), 8).size() <= 8);
}

}  // namespace sublet::base
