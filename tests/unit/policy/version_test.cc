// SPDX-License-Identifier: Apache-2.0
#include "policy/version.h"

#include <doctest/doctest.h>

namespace sublet::policy {

TEST_CASE("version: what Semantic Versioning 2.0.0 lists as valid") {
  for (const char* text :
       {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid",
        "1.0.0-alpha", "1.0.0-alpha.beta", "1.0.0-alpha.1", "1.0.0-alpha0.valid",
        "1.0.0-alpha.0valid", "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
        "1.0.0-rc.1+build.123", "2.0.0+build.1848", "1.0.0-0A.is.legal",
        "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
        "99999999999999999999999.999999999999999999.99999999999999999",
        "1.0.0+0.build.1-rc.10000aaa"}) {
    CAPTURE(text);
    CHECK(is_semantic_version(text));
  }
}

TEST_CASE("version: what Semantic Versioning 2.0.0 lists as invalid") {
  for (const char* text : {"",
                           "1",
                           "1.2",
                           "1.2.3.4",
                           "v1.2.3",
                           "01.1.1",
                           "1.01.1",
                           "1.1.01",
                           "1.2.3-0123",
                           "1.2.3-0123.0123",
                           "1.1.2+.123",
                           "+invalid",
                           "-invalid",
                           "alpha",
                           "1.0.0-alpha_beta",
                           "1.0.0-alpha..1",
                           "1.2.3.DEV",
                           "1.2-SNAPSHOT",
                           "1.2.3-",
                           "1.2.3+",
                           "1.2.3+a+b",
                           " 1.2.3",
                           "1.2.3 ",
                           "1..3",
                           "-1.0.3",
                           "1.2.3-a,b"}) {
    CAPTURE(text);
    CHECK_FALSE(is_semantic_version(text));
  }
}

TEST_CASE("version: dates are days of the calendar") {
  for (const char* text : {"2000-01-01", "2024-02-29", "2026-12-31", "2100-02-28"}) {
    CHECK(is_calendar_date(text));
  }
  for (const char* text : {"", "2026-1-1", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10",
                           "2026-04-31", "2026-01-00", "1999-12-31", "2026/01/01", "20260101",
                           "2026-01-01T", "+026-01-01", "2026-01-0a"}) {
    CAPTURE(text);
    CHECK_FALSE(is_calendar_date(text));
  }
}

}  // namespace sublet::policy
