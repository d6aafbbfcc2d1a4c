// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/conformance_test.h"
#include "adapters/sqlite/sqlite_test_side.h"

namespace sublet {
namespace {

testing::KeyValueSubject subject_in(const TemporaryFolder& folder,
                                    SqliteKeyValueOptions::Durability durability) {
  auto opened = [&folder, durability](KeyValueClock clock) {
    SqliteKeyValueOptions options;
    options.path = folder / "store.db";
    options.durability = durability;
    options.clock = std::move(clock);
    return open_store(options);
  };
  testing::KeyValueSubject subject;
  subject.open = [&folder, opened](KeyValueClock clock) {
    folder.clear();
    return opened(std::move(clock));
  };
  subject.reopen = opened;
  return subject;
}

}  // namespace

TEST_CASE("sqlite: it does what every store does") {
  const TemporaryFolder folder;
  testing::expect_conformance(subject_in(folder, SqliteKeyValueOptions::Durability::kMachine));
}

TEST_CASE("sqlite: without waiting for the disk it does the same") {
  const TemporaryFolder folder;
  testing::expect_conformance(subject_in(folder, SqliteKeyValueOptions::Durability::kProcess));
}

}  // namespace sublet
