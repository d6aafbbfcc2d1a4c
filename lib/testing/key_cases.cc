// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "testing/trial.h"

// Keys are bytes: nothing is folded, cut or put in another order.
namespace sublet::testing::conformance {
namespace {

// Puts each key with itself as the value, and finds each again: alone, and in order.
void expect_kept_apart(Trial& trial, std::vector<std::string> keys) {
  std::vector<KeyValueWrite> writes;
  for (const std::string& key : keys) writes.push_back(put(key, bytes(key)));
  trial.write(std::move(writes));
  const Entries entries = trial.get(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!entries[i].has_value()) fail("expected an entry of key " + show(keys[i]));
    expect_equal("the key", entries[i]->key, keys[i]);
    expect_equal("the value of key " + show(keys[i]), entries[i]->value, bytes(keys[i]));
  }
  std::sort(keys.begin(), keys.end());
  const KeyValuePage page = trial.list(trial.listing());
  expect_equal("the keys in order", keys_of(page), keys);
  for (const KeyValueEntry& entry : page.entries) {
    expect_equal("the listed value of key " + show(entry.key), entry.value, bytes(entry.key));
  }
}

std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto next = [&](std::uint32_t shift) { return byte(0x80u | ((code >> shift) & 0x3Fu)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0u | (code >> 6u)), next(0)};
  if (code < 0x10000) return {byte(0xE0u | (code >> 12u)), next(6), next(0)};
  return {byte(0xF0u | (code >> 18u)), next(12), next(6), next(0)};
}

void every_byte_is_a_key(Trial& trial) {
  std::vector<std::string> keys;
  for (int byte = 0; byte < 256; ++byte) keys.emplace_back(1, static_cast<char>(byte));
  expect_kept_apart(trial, std::move(keys));
}

void zeros_end_nothing(Trial& trial) {
  using namespace std::string_literals;
  expect_kept_apart(
      trial, {"a"s, "a\0"s, "a\0\0"s, "a\0b"s, "a\x01"s, "ab"s, "\0"s, "\0\0"s, "\0a"s, "a\xFF"s,
              "a\x7F"s, "a\x80"s, "\xFF\xFF"s, "\xFF"s, "\xFF\0"s, "b"s});
}

void every_plane_of_unicode(Trial& trial) {
  std::vector<std::string> keys;
  for (std::uint32_t plane = 0; plane <= 16; ++plane) {
    for (const std::uint32_t low : {0x0u, 0x41u, 0x7Fu, 0x80u, 0x3B1u, 0x7FFu, 0x800u, 0x4E2Du,
                                    0xD7FFu, 0xE000u, 0xFDD0u, 0xFFFDu, 0xFFFEu, 0xFFFFu}) {
      keys.push_back(utf8((plane << 16u) | low));
    }
  }
  expect_kept_apart(trial, std::move(keys));
}

void forms_and_case_are_different_keys(Trial& trial) {
  expect_kept_apart(trial, {"\xC3\xA9",
                            "e\xCC\x81",  // e with an acute: NFC and NFD
                            "\xE1\xB8\xA9",
                            "s\xCC\xA3\xCC\x87",
                            "s\xCC\x87\xCC\xA3",
                            "\xE2\x84\xAB",
                            "\xC3\x85",
                            "A\xCC\x8A",  // Angstrom and A with a ring
                            "\xEF\xAC\x81",
                            "fi",  // a ligature
                            "\xC3\x9F",
                            "ss",
                            "SS",  // sharp s
                            "a",
                            "A",
                            "a ",
                            " a",
                            "\xCE\xA3",
                            "\xCF\x83",
                            "\xCF\x82",
                            "i",
                            "I",
                            "\xC4\xB0",
                            "\xC4\xB1"});  // Turkish
}

void what_means_something_elsewhere(Trial& trial) {
  expect_kept_apart(
      trial, {"'",    "''",   "\"", ";",    "--", "%",   "_",  "\\", "\\\\", "*",          "?",
              "[a]",  "$1",   "$$", "/",    "//", "../", "..", ".",  "a/b",  "a\\b",       "{}",
              "null", "NULL", "\n", "\r\n", "\t", "0",   "00", "+0", "1e0",  "' OR 1=1 --"});
}

void every_plane_of_unicode_in_values(Trial& trial) {
  std::string text;
  for (std::uint32_t code = 1; code <= 0x10FFFF; code += 97) {
    if (code < 0xD800 || code > 0xDFFF) text += utf8(code);
  }
  text = "\"" + text + "\"";
  trial.write({put("json", json(text)), put("bytes", bytes(text))});
  expect_equal("a JSON value", trial.present("json").value, json(text));
  expect_equal("bytes", trial.present("bytes").value, bytes(text));
}

}  // namespace

std::vector<Case> key_cases() {
  return {
      {"keys: every byte", every_byte_is_a_key},
      {"keys: bytes 0 and 0xff", zeros_end_nothing},
      {"keys: every plane of Unicode", every_plane_of_unicode},
      {"keys: forms and cases of a letter are different keys", forms_and_case_are_different_keys},
      {"keys: nothing is read as a pattern, path or statement", what_means_something_elsewhere},
      {"keys: every plane of Unicode in values", every_plane_of_unicode_in_values},
  };
}

}  // namespace sublet::testing::conformance
