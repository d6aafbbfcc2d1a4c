// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "base/utf8.h"
#include "fuzz/fuzz_check.h"
#include "fuzz/json_oracle.h"

// A payload is accepted exactly where an independent parser accepts it, and what is accepted can be
// walked to its end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sublet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const base::JsonScan scan = base::scan_json(text, base::kMaxJsonDepth);
  FUZZ_CHECK(scan.offset <= size);

  const auto opened =
      std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; });
  if (opened <= static_cast<std::ptrdiff_t>(base::kMaxJsonDepth)) {
    FUZZ_CHECK(scan.fault != base::JsonFault::kTooDeep);
    FUZZ_CHECK(scan.ok() == test::is_json(text));
  }
  const base::JsonScan shallow = base::scan_json(text, 3);
  FUZZ_CHECK(shallow.ok() ? scan.ok() : true);

  base::JsonCursor cursor(text);
  const std::string_view raw = cursor.raw();
  FUZZ_CHECK(raw.size() <= size);
  if (scan.ok()) {
    FUZZ_CHECK(scan.ascii == base::is_ascii(text));
    FUZZ_CHECK(base::is_utf8(text));
    FUZZ_CHECK(base::scan_json(raw, base::kMaxJsonDepth).ok());
    FUZZ_CHECK(text.find_first_not_of(" \t\r\n", cursor.offset()) == std::string_view::npos);
  }
  return 0;
}
