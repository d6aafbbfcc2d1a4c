// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <doctest/doctest.h>

namespace sublet::base {

TEST_CASE("sha256: the vectors of FIPS 180-2") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(Sha256().update("a").update("").update("bc").finish()) == to_hex(sha256("abc")));
}

TEST_CASE("sha256: lists of texts that join alike hash differently") {
  const auto first = Sha256().update_sized("ab").update_sized("c").finish();
  const auto second = Sha256().update_sized("a").update_sized("bc").finish();
  CHECK(first != second);
  CHECK(first == Sha256().update_sized("ab").update_sized("c").finish());
}

}  // namespace sublet::base
