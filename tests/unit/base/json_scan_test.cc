// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "base/special_bytes.h"
#include "fuzz/json_oracle.h"

namespace sublet::base {
namespace {

bool accepted(std::string_view text) { return scan_json(text, kMaxJsonDepth).ok(); }

// Makes JSON texts of all kinds, whitespace and escapes included.
class RandomJson {
 public:
  explicit RandomJson(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t limit) { return random_() % limit; }

  std::string text() {
    out_.clear();
    value(0);
    return out_;
  }

  // One to three small injuries.
  void damage(std::string& text) {
    static constexpr char kBytes[] =
        "\"\\{}[]:,0123456789.-+eEtrufalsn \n\t\x01\x7f\x80\xc3\xed\xf4\xff";
    for (std::uint32_t i = 0; i <= below(3); ++i) {
      const std::size_t at = below(static_cast<std::uint32_t>(text.size() + 1));
      const char byte = kBytes[below(sizeof kBytes)];  // the closing NUL included
      switch (below(4)) {
        case 0:
          text.insert(at, 1, byte);
          break;
        case 1:
          if (at < text.size()) text[at] = byte;
          break;
        case 2:
          if (at < text.size()) text.erase(at, 1);
          break;
        default:
          text.resize(at);
      }
    }
  }

 private:
  void space() {
    while (below(4) == 0) out_ += " \t\n\r"[below(4)];
  }

  void string() {
    static constexpr const char* kPieces[] = {"a",
                                              "hello world, this is plain text",
                                              "\\n",
                                              "\\\"",
                                              "\\\\",
                                              "\\/",
                                              "\\u00e9",
                                              "\\ud83d\\ude00",
                                              "\\uD800",
                                              "\\udFfF",
                                              "\xC3\xA9",
                                              "\xE2\x82\xAC",
                                              "\xF0\x9F\x98\x80",
                                              "\x7f",
                                              "0123456789abcdef"};
    out_ += '"';
    for (std::uint32_t count = below(6); count > 0; --count) {
      out_ += kPieces[below(std::size(kPieces))];
    }
    out_ += '"';
  }

  void value(int depth) {
    static constexpr const char* kScalars[] = {"true",  "false",  "null",  "0",
                                               "-0",    "12",     "-7.25", "1e5",
                                               "1E+30", "2.5e-3", "1e999", "123456789012345678"};
    space();
    const std::uint32_t kind = below(depth > 6 ? 2 : 4);
    if (kind == 0) out_ += kScalars[below(std::size(kScalars))];
    if (kind == 1) string();
    if (kind >= 2) {
      out_ += kind == 2 ? '[' : '{';
      for (std::uint32_t count = below(4); count > 0; --count) {
        if (kind == 3) {
          space();
          string();
          space();
          out_ += ':';
        }
        value(depth + 1);
        if (count > 1) out_ += ',';
      }
      space();
      out_ += kind == 2 ? ']' : '}';
    }
    space();
  }

  std::mt19937 random_;
  std::string out_;
};

}  // namespace

TEST_CASE("json_scan: values of every kind are accepted") {
  for (const char* text :
       {"null", "true", "false", "0", "-0", "-1.5e+10", "1E5", "\"\"", "[]", "{}", " [ ] ",
        "\t{\n}\r", "[1,2,[3]]", R"({"a":{"b":[true,null]},"":""})", R"("\"\\\/\b\f\n\r\tA")",
        R"("\ud800")", "1e999", "\"\x7f\""}) {
    CAPTURE(text);
    CHECK(accepted(text));
  }
}

TEST_CASE("json_scan: what the grammar has not is refused at the first wrong byte") {
  struct Case {
    std::string text;
    std::size_t offset;
  };
  const Case cases[] = {{"", 0},
                        {" ", 1},
                        {"nul", 3},
                        {"nulL", 3},
                        {"truex", 4},
                        {"01", 1},
                        {"-", 1},
                        {"+1", 0},
                        {".5", 0},
                        {"1.", 2},
                        {"1.e5", 2},
                        {"1e", 2},
                        {"1e+", 3},
                        {"[1,]", 3},
                        {"[,1]", 1},
                        {"[1 2]", 3},
                        {"{\"a\"}", 4},
                        {"{\"a\":}", 5},
                        {"{\"a\":1,}", 7},
                        {"{a:1}", 1},
                        {"{1:1}", 1},
                        {"[1}", 2},
                        {"{\"a\":1]", 6},
                        {"\"a", 2},
                        {"\"\\x\"", 2},
                        {"\"\\u12g4\"", 5},
                        {"\"\\u12\"", 5},
                        {"\"\n\"", 1},
                        {"\"\t\"", 1},
                        {"1 1", 2},
                        {"[]]", 2},
                        {"[", 1},
                        {"\xEF\xBB\xBF{}", 0},
                        {std::string("1\0", 2), 1},
                        {"'a'", 0},
                        {"NaN", 0},
                        {"// c\n1", 0},
                        {"[1]\xC2\xA0", 3}};
  for (const Case& wrong : cases) {
    CAPTURE(wrong.text);
    const JsonScan scan = scan_json(wrong.text, 64);
    CHECK(scan.fault == JsonFault::kSyntax);
    CHECK(scan.offset == wrong.offset);
  }
}

TEST_CASE("json_scan: text that is not UTF-8 is told apart from wrong syntax") {
  for (const std::size_t before : {0, 3, 14, 15, 16, 17, 62, 63, 64, 65, 130}) {
    for (const char* bad : {"\x80", "\xC3(", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
      const std::string text = "\"" + std::string(before, 'x') + bad + "\"";
      const JsonScan scan = scan_json(text, 1);
      CHECK(scan.fault == JsonFault::kNotUtf8);
      CHECK(scan.offset == before + 1);
    }
  }
}

TEST_CASE("json_scan: depth is counted exactly, in arrays and objects") {
  for (const std::uint32_t depth : {0u, 1u, 63u, 64u, 65u, 1000u, kMaxJsonDepth}) {
    std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    std::string objects;
    for (std::uint32_t i = 0; i < depth; ++i) objects += "{\"a\":";
    objects += "1" + std::string(depth, '}');
    if (depth == 0) arrays = "1";
    CAPTURE(depth);
    CHECK(scan_json(arrays, depth).ok());
    CHECK(scan_json(objects, depth).ok());
    if (depth == 0) continue;
    CHECK(scan_json(arrays, depth - 1).fault == JsonFault::kTooDeep);
    CHECK(scan_json(arrays, depth - 1).offset == depth - 1);
    CHECK(scan_json(objects, depth - 1).fault == JsonFault::kTooDeep);
  }
  CHECK(scan_json(std::string(1 << 20, '['), UINT32_MAX).fault == JsonFault::kTooDeep);
  CHECK(scan_json(std::string(1 << 20, '['), UINT32_MAX).offset == kMaxJsonDepth);
}

TEST_CASE("json_scan: mixed nesting closes with the right bracket at every depth") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string open;
    std::string close;
    for (std::uint32_t i = 0; i < 1 + random() % 200; ++i) {
      const bool object = random() % 2 == 0;
      open += object ? "{\"k\":" : "[";
      close.insert(0, 1, object ? '}' : ']');
    }
    CHECK(accepted(open + "0" + close));
    const std::size_t at = random() % close.size();
    close[at] = close[at] == ']' ? '}' : ']';
    CHECK_FALSE(accepted(open + "0" + close));
  }
}

TEST_CASE("json_scan: the verdict is that of an independent parser on sound and damaged texts") {
  RandomJson json(20260101);
  for (int round = 0; round < 60'000; ++round) {
    std::string text = json.text();
    if (round % 4 != 0) json.damage(text);
    const JsonScan scan = scan_json(text, kMaxJsonDepth);
    INFO("text: " << text);
    REQUIRE(scan.ok() == test::is_json(text));
    if (scan.ok()) {
      const bool ascii = text.find_first_of("\xC3\xE2\xF0") == std::string::npos;
      REQUIRE(scan.ascii == ascii);
      continue;
    }
    // What stands before the fault is a beginning of JSON: it is whole, or it ends too early.
    const JsonScan before = scan_json(std::string_view(text).substr(0, scan.offset), kMaxJsonDepth);
    REQUIRE((before.ok() || before.offset == scan.offset));
  }
}

TEST_CASE("json_scan: both ways to find special bytes agree on every byte at every place") {
  unsigned char block[kBlockBytes];
  for (int byte = 0; byte < 256; ++byte) {
    for (int at = 0; at < kBlockBytes; ++at) {
      std::fill(std::begin(block), std::end(block), static_cast<unsigned char>('a'));
      block[at] = static_cast<unsigned char>(byte);
      block[(at + 1) % kBlockBytes] = 1;  // a neighbour that is special, for borrows and carries
      const bool special = byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';
      const std::uint64_t expected =
          (std::uint64_t{special} << at) | (std::uint64_t{1} << ((at + 1) % kBlockBytes));
      REQUIRE(special_bytes(block) == expected);
      REQUIRE(special_bytes_portable(block) == expected);
    }
  }
}

}  // namespace sublet::base
