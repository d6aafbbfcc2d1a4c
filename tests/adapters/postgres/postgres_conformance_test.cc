// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/conformance_test.h"
#include "adapters/postgres/postgres_test_side.h"

namespace sublet {
namespace {

// Every store that starts from nothing gets a schema of its own.
testing::KeyValueSubject subject_of(void (*change)(PostgresKeyValueOptions&)) {
  (void)the_server();  // started on this thread, since the cases run on others that end
  auto present = std::make_shared<PostgresKeyValueOptions>();
  testing::KeyValueSubject subject;
  subject.open = [present, change](KeyValueClock clock) {
    *present = fresh_options();
    change(*present);
    present->clock = std::move(clock);
    return open_store(*present);
  };
  subject.reopen = [present](KeyValueClock clock) {
    present->clock = std::move(clock);
    return open_store(*present);
  };
  return subject;
}

}  // namespace

TEST_CASE("postgres: it does what every store does") {
  testing::expect_conformance(subject_of([](PostgresKeyValueOptions&) {}));
}

TEST_CASE("postgres: without policies it does the same") {
  testing::expect_conformance(
      subject_of([](PostgresKeyValueOptions& options) { options.row_level_security = false; }));
}

TEST_CASE("postgres: over one connection, one transaction at a time, it does the same") {
  testing::expect_conformance(subject_of([](PostgresKeyValueOptions& options) {
    options.connections = 1;
    options.pipeline = 1;
  }));
}

}  // namespace sublet
