// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/schema.h"

namespace sublet::adapters::sqlite::events {
namespace {

// `counter` has the last number given out of each kind: none comes twice.
//
// Deliveries are narrow rows that change with every claim; what is large and never changes is
// beside them in `body`, with the same id. A claimed one is due when its lease ends: claims find
// those whose lease is over where they find what waits. `position` is the id, or larger where it
// was a dead letter. `scope` is the extension of a tenant, only of deliveries that have an ordering
// key: of those with the same scope and key all but the first are blocked (2), which delivery_due
// leaves out.
constexpr char kFirst[] = R"(
CREATE TABLE counter (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  delivery INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  version INTEGER NOT NULL,
  completion INTEGER NOT NULL
);
INSERT INTO counter VALUES (1, 0, 0, 0, 0);
CREATE TABLE queue (
  id INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  tenant BLOB NOT NULL,
  extension BLOB NOT NULL,
  event BLOB NOT NULL,
  UNIQUE (tenant, extension, event)
);
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  state INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  enqueued_at INTEGER NOT NULL,
  expires_at INTEGER,
  scope INTEGER,
  ordering_key BLOB NOT NULL,
  event_id BLOB NOT NULL,
  owner BLOB NOT NULL,
  note BLOB NOT NULL
);
CREATE INDEX delivery_queue ON delivery (queue);
CREATE INDEX delivery_due ON delivery (queue, due_at, position) WHERE state < 2;
CREATE INDEX delivery_claimed ON delivery (due_at, queue) WHERE state = 1;
CREATE INDEX delivery_lane ON delivery (scope, ordering_key, position) WHERE scope IS NOT NULL;
CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  envelope BLOB NOT NULL,
  payload BLOB NOT NULL
);
CREATE TABLE dead (
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  enqueued_at INTEGER NOT NULL,
  expires_at INTEGER,
  ordering_key BLOB NOT NULL,
  event_id BLOB NOT NULL,
  note BLOB NOT NULL,
  reason BLOB NOT NULL,
  died_at INTEGER NOT NULL
);
CREATE INDEX dead_queue ON dead (queue);
CREATE TABLE completion (
  id INTEGER PRIMARY KEY,
  tenant BLOB NOT NULL,
  at INTEGER NOT NULL,
  content BLOB NOT NULL
);
CREATE INDEX completion_tenant ON completion (tenant);
CREATE INDEX completion_at ON completion (at);
CREATE TABLE idempotency (
  tenant BLOB NOT NULL,
  key BLOB NOT NULL,
  until INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  PRIMARY KEY (tenant, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_until ON idempotency (until);
CREATE TABLE record (
  kind BLOB NOT NULL,
  tenant BLOB NOT NULL,
  name BLOB NOT NULL,
  version INTEGER NOT NULL,
  due_at INTEGER,
  expires_at INTEGER,
  data BLOB NOT NULL,
  PRIMARY KEY (kind, tenant, name)
) WITHOUT ROWID;
CREATE INDEX record_tenant ON record (tenant);
CREATE INDEX record_due ON record (kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL;
)";

}  // namespace

const Schema& event_schema() {
  static const Schema schema{0x53756245, {kFirst}};  // "SubE"
  return schema;
}

}  // namespace sublet::adapters::sqlite::events
