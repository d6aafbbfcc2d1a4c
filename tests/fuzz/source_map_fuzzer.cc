// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include "base/source_map.h"
#include "fuzz/fuzz_check.h"

namespace {

void look_up(std::string_view json) {
  const auto map = sublet::base::SourceMap::parse(json);
  if (!map) {
    FUZZ_CHECK(!map.error().message.empty());
    return;
  }
  for (const std::uint32_t line : {0u, 1u, 2u, 3u, 1000u, UINT32_MAX}) {
    for (const std::uint32_t column : {0u, 1u, 2u, 17u, 100'000u, UINT32_MAX}) {
      const auto position = (*map)->find(line, column);
      if (!position) continue;
      FUZZ_CHECK(line > 0 && column > 0);
      FUZZ_CHECK(position->line > 0 && position->column > 0);
      // Reads the views, for the address sanitizer.
      FUZZ_CHECK(std::string(position->source).size() + std::string(position->name).size() <
                 json.size() * 2 + 2);
    }
  }
}

}  // namespace

// The input as a whole map, and as the mappings of a sound one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  look_up(text);
  look_up(R"({"version":3,"sources":["a","b"],"names":["f"],"mappings":")" + std::string(text) +
          "\"}");
  return 0;
}
