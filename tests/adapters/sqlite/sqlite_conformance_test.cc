// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/conformance_test.h"
#include "adapters/sqlite/sqlite_test_side.h"

namespace sublet {
namespace {

testing::KeyValueSubject subject_in(const TemporaryFolder& folder,
                                    SqliteKeyValueOptions::Durability durability) {
  // A file of its own for each: the last store may just be closing its file.
  const auto files = std::make_shared<int>(0);
  auto opened = [&folder, durability, files](KeyValueClock clock) {
    SqliteKeyValueOptions options;
    options.path = folder / ("store" + std::to_string(*files) + ".db");
    options.durability = durability;
    options.clock = std::move(clock);
    return open_store(options);
  };
  testing::KeyValueSubject subject;
  subject.open = [files, opened](KeyValueClock clock) {
    ++*files;
    return opened(std::move(clock));
  };
  subject.reopen = opened;
  subject.open_another = opened;
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
