// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <doctest/doctest.h>

namespace sublet::base {

TEST_CASE("base64: text comes back, with padding and without") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zg") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(decode_base64("+/+/") == "\xfb\xff\xbf");
}

TEST_CASE("base64: what is not canonical is refused") {
  for (const char* text :
       {"Z", "Zg=", "Zh==", "Zm9=", "Z===", "Zm 9", "Zm9v====", "Zm-_", "Z\n=="}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}

}  // namespace sublet::base
