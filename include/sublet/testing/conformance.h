// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// What the conformance suites share.
namespace sublet::testing {

// One thing that was not as promised.
struct ConformanceFailure {
  std::string name;  // of the case
  std::string what;  // expected and found
};

}  // namespace sublet::testing
