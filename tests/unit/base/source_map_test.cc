// SPDX-License-Identifier: Apache-2.0
#include "base/source_map.h"

#include <doctest/doctest.h>

#include <string>

namespace sublet::base {
namespace {

std::string map_with(std::string_view mappings, std::string_view more = "") {
  return "{\"version\":3,\"sources\":[\"a.ts\",\"b.ts\"],\"names\":[\"f\",\"g\"],\"mappings\":\"" +
         std::string(mappings) + "\"" + std::string(more) + "}";
}

std::string refusal(std::string_view json) {
  const auto map = SourceMap::parse(json);
  return map ? "accepted" : map.error().message;
}

bool names(std::string_view message, std::string_view what) {
  return message.find(what) != std::string_view::npos;
}

}  // namespace

TEST_CASE("source_map: positions come from the nearest segment at or before the column") {
  // Line 1: columns 0 (a.ts 1:1) and 4 (a.ts 1:6, name f); line 2: nothing; line 3: column 2
  // without a source, column 6 (b.ts 3:1).
  const auto map = SourceMap::parse(map_with("AAAA,IAAKA;;E,ICEL"));
  REQUIRE(map);
  const auto at = [&](std::uint32_t line, std::uint32_t column) {
    return (*map)->find(line, column);
  };
  REQUIRE(at(1, 1));
  CHECK(at(1, 1)->source == "a.ts");
  CHECK(at(1, 1)->line == 1);
  CHECK(at(1, 1)->column == 1);
  CHECK(at(1, 1)->name.empty());
  CHECK(at(1, 4)->column == 1);
  REQUIRE(at(1, 5));
  CHECK(at(1, 5)->column == 6);
  CHECK(at(1, 5)->name == "f");
  CHECK(at(1, 1000)->column == 6);
  CHECK_FALSE(at(2, 1));
  CHECK_FALSE(at(3, 1));
  CHECK_FALSE(at(3, 3));
  REQUIRE(at(3, 7));
  CHECK(at(3, 7)->source == "b.ts");
  CHECK(at(3, 7)->line == 3);
  CHECK(at(3, 7)->column == 1);
  CHECK_FALSE(at(4, 1));
  CHECK_FALSE(at(0, 1));
  CHECK_FALSE(at(1, 0));
  CHECK_FALSE(at(UINT32_MAX, UINT32_MAX));
}

TEST_CASE("source_map: sourceRoot, file, a missing names and a guard line are honoured") {
  const auto with_root = SourceMap::parse(
      R"({"version":3,"file":"out.js","sourceRoot":"src","sources":["a.ts","/b.ts","x://c.ts",null],)"
      R"("mappings":"AAAA,CCAA,CCAA,CCAA"})");
  REQUIRE(with_root);
  CHECK((*with_root)->find(1, 1)->source == "src/a.ts");
  CHECK((*with_root)->find(1, 2)->source == "/b.ts");
  CHECK((*with_root)->find(1, 3)->source == "x://c.ts");
  CHECK((*with_root)->find(1, 4)->source == "src/");
  CHECK(SourceMap::parse(")]}'\n" + map_with("AAAA")));
  CHECK(SourceMap::parse(R"({"mappings":"AAAA","sources":["a"],"version":3,"x_y":[{"a":1}]})"));
  CHECK(SourceMap::parse(R"({"version":3,"sources":[],"mappings":""})"));
}

TEST_CASE("source_map: segments out of order are put in order") {
  const auto map = SourceMap::parse(map_with("IAAA,HAEA"));  // column 4 (line 1), column 1 (line 3)
  REQUIRE(map);
  CHECK((*map)->find(1, 2)->line == 3);
  CHECK((*map)->find(1, 5)->line == 1);
}

TEST_CASE("source_map: each wrong field is refused by its name") {
  CHECK(names(refusal("[]"), "must be an object"));
  CHECK(names(refusal("{\"version\":3"), "no JSON at offset 12"));
  CHECK(names(refusal(R"({"sources":[],"mappings":""})"), "version is missing"));
  CHECK(names(refusal(R"({"version":2,"sources":[],"mappings":""})"), "version must be 3"));
  CHECK(names(refusal(R"({"version":"3","sources":[],"mappings":""})"), "version must be 3"));
  CHECK(names(refusal(R"({"version":3,"mappings":""})"), "sources is missing"));
  CHECK(names(refusal(R"({"version":3,"sources":"a","mappings":""})"), "sources must be an array"));
  CHECK(names(refusal(R"({"version":3,"sources":["a",1],"mappings":""})"),
              "sources[1] must be a string"));
  CHECK(names(refusal(R"({"version":3,"sources":[]})"), "mappings is missing"));
  CHECK(names(refusal(R"({"version":3,"sources":[],"mappings":1})"), "mappings must be a string"));
  CHECK(names(refusal(R"({"version":3,"sections":[]})"), "sections is not supported"));
  CHECK(names(refusal(map_with("", ",\"file\":7")), "file must be a string"));
  CHECK(names(refusal(map_with("", ",\"sourceRoot\":{}")), "sourceRoot must be a string"));
}

TEST_CASE("source_map: each wrong mapping is refused with its line and offset") {
  CHECK(names(refusal(map_with("AA")), "segment of 2 fields, in generated line 1 at offset 2"));
  CHECK(names(refusal(map_with(";AAA")), "segment of 3 fields, in generated line 2"));
  CHECK(names(refusal(map_with("AAAAAA")), "more than five fields"));
  CHECK(names(refusal(map_with("A,,A")), "no base64 VLQ") == false);
  CHECK(names(refusal(map_with("A,,A")), "segment"));
  CHECK(names(refusal(map_with("A,")), "empty segment"));
  CHECK(names(refusal(map_with("!")), "no base64 VLQ"));
  CHECK(names(refusal(map_with("g")), "no base64 VLQ"));
  CHECK(names(refusal(map_with("gggggggB")), "no base64 VLQ"));
  CHECK(names(refusal(map_with("D")), "column out of range"));
  CHECK(names(refusal(map_with("AEAA")), "source that is not in sources"));
  CHECK(names(refusal(map_with("ADAA")), "source that is not in sources"));
  CHECK(names(refusal(map_with("AADA")), "source position out of range"));
  CHECK(names(refusal(map_with("AAAD")), "source position out of range"));
  CHECK(names(refusal(map_with("AAAAE")), "name that is not in names"));
  CHECK(names(refusal(map_with("A A")), "no base64 VLQ"));
}

TEST_CASE("source_map: huge counts are refused before they cost memory") {
  CHECK(names(refusal(map_with(std::string(SourceMap::kMaxLines, ';'))), "lines"));
  std::string segments = "A";
  for (std::size_t i = 0; i < SourceMap::kMaxSegments; ++i) segments += ",A";
  CHECK(names(refusal(map_with(segments)), "segments"));
  std::string sources = "\"\"";
  for (std::size_t i = 0; i < SourceMap::kMaxSources; ++i) sources += ",\"\"";
  CHECK(
      names(refusal("{\"version\":3,\"sources\":[" + sources + "],\"mappings\":\"\"}"), "sources"));
  sources.resize(3 * 60'000 - 1);
  CHECK(names(refusal("{\"version\":3,\"sourceRoot\":\"" + std::string(1000, 'r') +
                      "\",\"sources\":[" + sources + "],\"mappings\":\"\"}"),
              "sourceRoot"));
  CHECK(names(refusal(std::string(SourceMap::kMaxBytes + 1, ' ')), "at most"));
}

}  // namespace sublet::base
