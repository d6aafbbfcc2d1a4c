// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/counters.h"

#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite::events {

Counters::Counters(Connection& connection)
    : load_(connection, "SELECT delivery, queue, version, completion FROM counter"),
      save_(connection, "UPDATE counter SET delivery = ?, queue = ?, version = ?, completion = ?") {
}

Counters::Values& Counters::values() {
  if (!read_) {
    Query query(load_);
    if (!query.next()) {
      throw Failure{{ErrorCode::kFailedPrecondition, "the database has no counters"}};
    }
    values_ = {query.integer(0), query.integer(1), query.integer(2), query.integer(3)};
    read_ = true;
  }
  changed_ = true;
  return values_;
}

void Counters::save() {
  if (!changed_) return;
  Query(save_)
      .bind(values_.delivery)
      .bind(values_.queue)
      .bind(values_.version)
      .bind(values_.completion)
      .run();
  changed_ = false;
}

}  // namespace sublet::adapters::sqlite::events
