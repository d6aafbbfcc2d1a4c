// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrubber.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "scrub_encodings.h"

namespace sublet::policy {
namespace {

Scrubber scrubber(std::vector<std::string> secrets) { return Scrubber(secrets); }

const std::vector<std::string>& secrets() {
  static const std::vector<std::string> kSecrets = {
      "Ab3dEf7hIj1k",
      "sk_live-/+=?&%<>\"'\\~. x",
      "p\xC3\xA4ss\xF0\x9F\x98\x80w\xC3\xB6rd",
      "-----BEGIN KEY-----\nMIIB/+09\nabc=\n-----END KEY-----\n",
      "aaaaaaaa",
  };
  return kSecrets;
}

// In pieces of one size.
std::string in_pieces(const Scrubber& scrubber, std::string_view text, std::size_t size) {
  ScrubStream stream(scrubber);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) out += stream.push(text.substr(at, size));
  return out + stream.finish();
}

}  // namespace

TEST_CASE("scrubber: every encoding of every secret is found") {
  const Scrubber all = scrubber(secrets());
  for (const std::string& secret : secrets()) {
    for (const test::Encoded& one : test::encodings_of(secret)) {
      CAPTURE(secret);
      CAPTURE(one.how);
      CAPTURE(one.text);
      CHECK(all.scrub("{\"x\": \"" + one.text + "\"}") == "{\"x\": \"[secret]\"}");
      for (const std::size_t size : {1u, 2u, 3u, 7u}) {
        CHECK(in_pieces(all, "<" + one.text + ">", size) == "<[secret]>");
      }
    }
  }
}

TEST_CASE("scrubber: base64 and hex with something around the secret") {
  const Scrubber all = scrubber(secrets());
  for (const std::string& secret : secrets()) {
    for (const char* before : {"", "u", "us", "usr:", "user:"}) {
      for (const char* after : {"", "1", "12", "123", "1234"}) {
        for (const auto& encode : {test::base64, test::base64_url, test::hex_upper}) {
          const std::string text = encode(before + secret + after);
          CAPTURE(text);
          const std::string scrubbed = all.scrub("Basic " + text + " x");
          CHECK(scrubbed.find("[secret]") != std::string::npos);
          CHECK(scrubbed.size() < 6 + 2 + 8 + 24);
        }
      }
    }
  }
}

TEST_CASE("scrubber: mixed encodings") {
  const Scrubber one = scrubber({"key/with+odd=chars"});
  for (const char* text :
       {"key%2fwith%2Bodd=chars", "k%65y\\u002fwith&#43;odd\\x3dchars", "key\\/with+odd=chars",
        "key%252Fwith%2bodd%253dchars", "key&sol;with&plus;odd&equals;chars",
        "key\\\\u002fwith\\\\u002bodd\\\\u003dchars", "&#x6B;ey%2Fwith&#0043;odd=chars",
        "key&#x00002F;with+odd=chars", "k\\u{65}y/with+odd=chars"}) {
    CAPTURE(text);
    CHECK(one.scrub("a " + std::string(text) + " b") == "a [secret] b");
  }
  // Base64 whose own characters were escaped after it.
  const Scrubber odd = scrubber({"\xFB\xEF\xBE\xFF\xFE\xFD?>"});
  CHECK(odd.scrub("\"++++\\/\\/79Pz4=\"") == "\"[secret]=\"");
  CHECK(odd.scrub("%2B%2B%2b%2B%2F%2F79Pz4%3D") == "[secret]%3D");
  CHECK(odd.scrub("\\u002B+++//79Pz4\\u003D") == "[secret]\\u003D");
  CHECK(odd.scrub("++++\r\n//79Pz4=") == "[secret]=");
  const Scrubber space = scrubber({"pass word"});
  CHECK(space.scrub("p=pass+word&x=1+2") == "p=[secret]&x=1+2");
}

TEST_CASE("scrubber: what is no secret stays as it is") {
  const Scrubber all = scrubber(secrets());
  for (const std::string text : {"",
                                 "Ab3dEf7hIj1",
                                 "%",
                                 "%4",
                                 "%zz",
                                 "a\\",
                                 "\\u00",
                                 "\\ud83d",
                                 "\\ud83d\\u0041",
                                 "&",
                                 "&am",
                                 "&amp",
                                 "&#",
                                 "&#;",
                                 "&#99999999;",
                                 "&#xFFFFFFF;",
                                 "aaaaaaa",
                                 "YWFh",
                                 "6161",
                                 "\xFF\xFE",
                                 "{\"a\": \"b\\n\\u00e9\", \"c\": [1.5, null]}",
                                 "100% & more; 50%25"}) {
    CAPTURE(text);
    CHECK(all.scrub(text) == text);
    CHECK(in_pieces(all, text, 1) == text);
  }
  std::string bytes;
  for (int i = 0; i < 70'000; ++i) bytes += static_cast<char>(i * i / 7);
  CHECK(all.scrub(bytes) == bytes);
}

TEST_CASE("scrubber: several secrets, side by side, overlapping, one in another") {
  const Scrubber all = scrubber({"abcdefgh", "efghijkl", "cdef"});
  CHECK(all.scrub("abcdefghabcdefgh") == "[secret][secret]");
  CHECK(all.scrub("-abcdefghijkl-") == "-[secret]-");
  CHECK(all.scrub("abcdefg") == "ab[secret]g");
  CHECK(scrubber({"aaaa"}).scrub("baaaaaaab") == "b[secret]b");
  const std::string many(100'000, 'a');
  CHECK(scrubber({"aaaa"}).scrub(many).size() < many.size());
}

TEST_CASE("scrubber: secrets of less than four bytes are left alone") {
  const Scrubber few = scrubber({"abc", ""});
  CHECK(few.empty());
  CHECK(few.scrub("abcabc") == "abcabc");
  CHECK(scrubber({"abc", "abcd"}).scrub("abc abcd") == "abc [secret]");
}

TEST_CASE("scrubber: a stream passes on what is decided") {
  const Scrubber one = scrubber({"0123456789"});
  ScrubStream stream(one);
  CHECK(stream.push("text, 01234") == "text, ");
  CHECK(stream.push("56789 more. ") == "[secret] more. ");
  CHECK(stream.push("0123").empty());
  CHECK(stream.finish() == "0123");
}

}  // namespace sublet::policy
