// SPDX-License-Identifier: Apache-2.0
#include <sublet/testing/key_value_conformance.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "flat_store.h"

int main() {
  sublet::testing::KeyValueSubject subject;
  subject.open = [](sublet::KeyValueClock clock) {
    return std::make_shared<FlatStore>(std::move(clock));
  };
  const auto failures = sublet::testing::run_key_value_conformance(subject);
  for (const auto& failure : failures) {
    std::fprintf(stderr, "%s: %s\n", failure.name.c_str(), failure.what.c_str());
  }
  if (!failures.empty()) return 1;
  std::printf("%zu cases passed\n", sublet::testing::key_value_conformance_cases().size());
  return 0;
}
