// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request/scrub_decoders.h"
#include "policy/request/scrub_filter.h"
#include "policy/request/scrub_skimmer.h"
#include "scrub_texts.h"

namespace sublet::policy {
namespace {

// A stream skims what is worth it only, so that pieces that are smaller are searched byte by byte.
constexpr std::size_t kSearched = 255;

const std::vector<std::vector<std::string>>& sets_of_secrets() {
  static const std::vector<std::vector<std::string>> kSets = {
      {"Ab3dEf7hIj1k", "sk_live-/+=?&%<>\"'\\~. x", "p\xC3\xA4ss\xF0\x9F\x98\x80w\xC3\xB6rd",
       "-----BEGIN KEY-----\nMIIB/+09\nabc=\n-----END KEY-----\n", "aaaaaaaa"},
      {"q7%Z"},
      {"a\\nb"},
      {"&lt;5"},
      {"pass word", "q+r s"},
      {"aaaab", "abcdefgh", "ABC\\u0041"},
      {"%25%25x"},
      {"\\\\\\\\"},
      {"\\u0041\\"},
      {"a b+c%d\\e&f"},
      {"Ab3dE", "x\ny\r\nz"},
      {"\n\n\n\n"},
      {"\xC3\xA4\xC3\xA4"},
      {std::string(5, '\0')},
      {std::string(300, 'k') + "Z"}};
  return kSets;
}

std::string unescaped(std::string_view text, Escapes escapes) {
  std::string out;
  const std::size_t rest = unescape(text, escapes, out);
  return out + "|" + std::string(text.substr(text.size() - rest));
}

std::string unescaped_bytewise(std::string_view text, Escapes escapes) {
  std::string out;
  Unescaper unescaper(escapes);
  for (std::uint64_t at = 0; at < text.size(); ++at) {
    unescaper.push({static_cast<unsigned char>(text[at]), at, at + 1},
                   [&](const DecodedByte& byte) { out += static_cast<char>(byte.value); });
  }
  return out + "|" + std::string(text.substr(unescaper.begins(text.size())));
}

}  // namespace

TEST_CASE("scrubber: what is skimmed is scrubbed as what is searched") {
  std::vector<Scrubber> scrubbers;
  for (const std::vector<std::string>& secrets : sets_of_secrets()) scrubbers.emplace_back(secrets);
  std::size_t with_secrets = 0;
  std::size_t without_secrets = 0;
  for (std::uint32_t seed = 1; seed <= 6000; ++seed) {
    test::Dice dice(seed);
    const std::size_t set = dice.roll(scrubbers.size());
    const Scrubber& scrubber = scrubbers[set];
    const std::string text = test::hard_text(dice, sets_of_secrets()[set]);
    const std::string expected = test::in_random_pieces(dice, scrubber, text, 1, kSearched);
    CAPTURE(seed);
    REQUIRE(scrubber.scrub(text) == expected);
    REQUIRE(test::in_random_pieces(dice, scrubber, text, kSearched + 1, 6000) == expected);
    REQUIRE(test::in_random_pieces(dice, scrubber, text, 1, 1500) == expected);
    with_secrets += expected == text ? 0 : 1;
    without_secrets += expected == text && text.size() > 1000 ? 1 : 0;
  }
  CHECK(with_secrets > 1000);
  CHECK(without_secrets > 100);
}

TEST_CASE("scrubber: a short text is clear only where a search byte by byte finds nothing") {
  std::vector<Scrubber> scrubbers;
  for (const std::vector<std::string>& secrets : sets_of_secrets()) scrubbers.emplace_back(secrets);
  std::size_t clear = 0;
  std::size_t with_secrets = 0;
  for (std::uint32_t seed = 1; seed <= 40'000; ++seed) {
    test::Dice dice(seed);
    const std::size_t set = dice.roll(scrubbers.size());
    const Scrubber& scrubber = scrubbers[set];
    const std::string text = test::short_text(dice, sets_of_secrets()[set]);
    const std::string expected = test::in_random_pieces(dice, scrubber, text, 1, kSearched);
    CAPTURE(seed);
    REQUIRE(scrubber.scrub(text) == expected);
    if (expected == text) {
      clear += scrubber.is_clear(text) ? 1 : 0;
    } else {
      ++with_secrets;
      REQUIRE_FALSE(scrubber.is_clear(text));
    }
  }
  CHECK(clear > 5000);
  CHECK(with_secrets > 5000);
}

TEST_CASE("scrubber: what is clear is told without a search where it is plain to see") {
  const Scrubber scrubber(std::vector<std::string>{"0123456789abcdef"});
  for (const std::string text : {"", "application/json", "max-age=0", "{\"a\": [1, \"%41\\n\"]}",
                                 "Sun, 22 Nov 2026 12:35:42 GMT", "012345678"}) {
    CAPTURE(text);
    CHECK(scrubber.is_clear(text));
  }
  CHECK(scrubber.is_clear(std::string(4096, '.')));
  for (const std::string text : {"0123456789abcdef", "x0123456789abcdef", "MDEyMzQ1Njc4OWFiY2RlZg",
                                 "MDEyMzQ1\r\nNjc4OWFiY2RlZg", "%30123456789abcdef"}) {
    CAPTURE(text);
    CHECK_FALSE(scrubber.is_clear(text));
  }
  CHECK(Scrubber(std::vector<std::string>{}).is_clear(std::string(10'000, '%')));
}

TEST_CASE("scrubber: a secret is found wherever it stands in a text that is skimmed") {
  const std::string secret = "sk/live 4&%x";
  const Scrubber scrubber(std::vector<std::string>{secret});
  for (const test::Encoded& one : test::encodings_of(secret)) {
    for (std::size_t before = 3900; before < 4300; before += 3) {
      const std::string head = std::string(before, '.') + " ";
      const std::string text = head + one.text + " " + std::string(5000, '.');
      CAPTURE(one.how);
      CAPTURE(before);
      REQUIRE(scrubber.scrub(text) == head + "[secret] " + std::string(5000, '.'));
    }
  }
}

TEST_CASE("scrubber: a stream that skims holds back what is undecided and no more") {
  const Scrubber one(std::vector<std::string>{"0123456789"});
  ScrubStream stream(one);
  const std::string much(100'000, '.');
  CHECK(stream.push(much + "text, 01234") == much + "text, ");
  CHECK(stream.push("56789" + much) == "[secret]" + much);
  CHECK(stream.finish().empty());
}

TEST_CASE("scrubber: unescaping a text at once is unescaping it byte by byte") {
  std::size_t open = 0;
  for (std::uint32_t seed = 1; seed <= 4000; ++seed) {
    test::Dice dice(seed);
    const std::string text = test::hard_text(dice, sets_of_secrets().front());
    for (const Escapes escapes : {Escapes::kPercent, Escapes::kBackslash, Escapes::kEntity,
                                  Escapes::kForm, Escapes::kAll}) {
      const std::string expected = unescaped_bytewise(text, escapes);
      CAPTURE(seed);
      REQUIRE(unescaped(text, escapes) == expected);
      open += expected.ends_with('|') ? 0 : 1;
    }
  }
  CHECK(open > 100);
  // What follows the first half of a pair that has no second is read for itself.
  CHECK(unescaped_bytewise("\\ud83d\\u%41xyz", Escapes::kAll) == "\\ud83d\\uAxyz|");
  CHECK(unescaped_bytewise("\\ud83d\\u00%41xyz", Escapes::kAll) == "\\ud83d\\u00Axyz|");
}

TEST_CASE("scrubber: at a settled position no reading has an escape open") {
  std::size_t settled = 0;
  for (std::uint32_t seed = 1; seed <= 4000; ++seed) {
    test::Dice dice(seed);
    const std::string text = test::hard_text(dice, sets_of_secrets().front());
    const std::size_t begin = dice.roll(text.size() + 1);
    const std::string_view known = std::string_view(text).substr(begin);
    const std::size_t found = settled_position(known, dice.roll(known.size() + 1), begin == 0);
    if (found == std::string_view::npos) continue;
    ++settled;
    const std::string_view before = std::string_view(text).substr(0, begin + found);
    for (const Escapes escapes : {Escapes::kPercent, Escapes::kBackslash, Escapes::kEntity,
                                  Escapes::kForm, Escapes::kAll}) {
      std::string once;
      std::string twice;
      CAPTURE(seed);
      REQUIRE(unescape(before, escapes, once) == 0);
      REQUIRE(unescape(once, escapes, twice) == 0);
    }
  }
  CHECK(settled > 1000);
  // "&" as an escape, and an escape that begins with it: 18 bytes after the "\\", and still open.
  CHECK(settled_position("\\u{000026}#x0000041", 19, false) == std::string_view::npos);
  CHECK(settled_position("\\u{000026}#x0000041;....", 24, false) == 24);
}

TEST_CASE("scrubber: skimming leaves enough of a text to the search") {
  const SecretFilter filter(std::vector<std::string>{"abcdefghijkl"});
  SecretSkimmer skimmer(filter, false);
  const std::string text(100, '.');
  CHECK(skimmer.is_clear(text, 88));
  CHECK_FALSE(skimmer.is_clear(text, 89));
  // What counts is what a reading makes of it: %2e is one byte.
  const std::string escaped = text + "%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e%2e";
  CHECK(skimmer.is_clear(escaped, 99));
  CHECK_FALSE(skimmer.is_clear(escaped, 100));
  for (std::size_t begun = 8; begun <= 12; ++begun) {
    CHECK_FALSE(skimmer.is_clear(text + std::string("abcdefghijkl", begun), 80));
  }
  CHECK(skimmer.is_clear(text + "abcdefg", 80));
}

TEST_CASE("scrubber: the filter knows each way to write a secret without escapes") {
  for (const std::string secret : {"\xFB\xEF\xBE\xFF", "ABCDE", "\xFF\xFE\xFD?>~", "long enough"}) {
    const SecretFilter filter(std::vector<std::string>{secret});
    for (const std::string before : {"", "x", "xy", "xyz"}) {
      for (const auto& encode : {test::base64, test::base64_url, test::hex_upper}) {
        for (std::size_t shift = 0; shift < 8; ++shift) {
          const std::string text = std::string(shift, '.') + encode(before + secret) + "........";
          CAPTURE(text);
          CHECK(filter.may_begin_in(text));
        }
      }
      CHECK(filter.may_begin_in(before + secret + "........"));
      CHECK_FALSE(filter.may_begin_in(before + secret.substr(1) + "........"));
    }
  }
}

}  // namespace sublet::policy
