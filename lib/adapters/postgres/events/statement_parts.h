// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pieces of the event queue's statements: macros, since the texts are put together by the compiler.

#define SUBLET_NO_TIME "'-9223372036854775808'::bigint"

// One row with the time, of which a parameter says where it comes from.
#define SUBLET_TIME(parameter)                                                        \
  "t AS MATERIALIZED (SELECT CASE WHEN " parameter "::bigint = " SUBLET_NO_TIME       \
  " THEN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint ELSE " parameter \
  "::bigint END AS now)"
#define SUBLET_NOW "(SELECT now FROM t)"

// The columns that a delivery and a dead letter share.
#define SUBLET_KEPT(d)                                                                          \
  d ".id, " d ".fence, " d ".attempts, " d ".due_at, " d ".enqueued_at, " d ".expires_at, " d   \
    ".lane, " d ".tenant, " d ".extension, " d ".event, " d ".event_id, " d ".ordering_key, " d \
    ".note, " d ".envelope, " d ".payload"
#define SUBLET_KEPT_NAMES                                                                  \
  "id, fence, attempts, due_at, enqueued_at, expires_at, lane, tenant, extension, event, " \
  "event_id, ordering_key, note, envelope, payload"

// What delivery_of() reads, in its order.
#define SUBLET_FOUND(state, owner, reason, died_at, payload, envelope)                           \
  "d.id, d.fence, " state ", d.tenant, d.extension, d.event, d.event_id, " payload ", " envelope \
  ", d.ordering_key, d.attempts, d.enqueued_at, d.due_at, d.expires_at, " owner                  \
  ", d.note, " reason ", " died_at
#define SUBLET_LIVE(payload, envelope) \
  SUBLET_FOUND("d.state::bigint", "d.owner", "''::bytea", "0::bigint", payload, envelope)
#define SUBLET_DEAD(payload, envelope) \
  SUBLET_FOUND("3::bigint", "''::bytea", "d.reason", "d.died_at", payload, envelope)

// Whether a row `d` fits a filter, whose parameters come first. The planner sees what they are, and
// leaves out what asks for nothing.
#define SUBLET_FITS(reason, at)                                                                  \
  " WHERE ($1::bytea = ''::bytea OR d.tenant = $1::bytea)"                                       \
  " AND ($2::bigint = 0 OR d.extension = $3::bytea) AND ($4::bigint = 0 OR d.event = $5::bytea)" \
  " AND ($6::bytea = ''::bytea OR d.event_id = $6::bytea)"                                       \
  " AND ($7::bytea = ''::bytea OR " reason ") AND ($8::bigint = " SUBLET_NO_TIME " OR " at       \
  " >= $8::bigint) AND ($9::bigint = " SUBLET_NO_TIME " OR " at                                  \
  " < $9::bigint)"                                                                               \
  " AND (cardinality($10::bigint[]) = 0 OR d.id = ANY ($10::bigint[]))"
#define SUBLET_FITS_LIVE SUBLET_FITS("false", "d.enqueued_at")
#define SUBLET_FITS_DEAD SUBLET_FITS("d.reason = $7::bytea", "d.died_at")
#define SUBLET_PAGE " AND d.id > $11::bigint ORDER BY d.id LIMIT $12::bigint"

// Rows are found by a list of ids, and by nothing that could be joined the other way round: plans
// are kept, and one that was made while the table was small must not read all of it when it is
// large. For the same reason "state + 0" keeps away the index that knows some states.
#define SUBLET_PLACE "array_position($1::bigint[], d.id)"
// Leases: $1 has their ids, each once, and $2 their fences.
#define SUBLET_HELD \
  "d.id = ANY ($1::bigint[]) AND d.fence = ($2::bigint[])[" SUBLET_PLACE "] AND d.state + 0 = 1"

// Of rows that ended: the next one in their order may run.
#define SUBLET_UNBLOCKED(next)                                                            \
  "unblocked AS (UPDATE @.event_deliveries d SET state = 0 WHERE d.id = ANY (ARRAY(" next \
  ")) AND d.state + 0 = 2 RETURNING d.tenant, d.extension, d.event)"
// ... behind one of its order.
#define SUBLET_NEXT                                                                    \
  "SELECT n.id FROM ended e CROSS JOIN LATERAL (SELECT b.id FROM @.event_deliveries b" \
  " WHERE b.lane = e.lane AND b.position > e.position ORDER BY b.position LIMIT 1) n"  \
  " WHERE e.lane IS NOT NULL"
// ... behind several.
#define SUBLET_NEXT_BEHIND                                                           \
  "SELECT n.id FROM (SELECT DISTINCT lane FROM ended WHERE lane IS NOT NULL) e"      \
  " CROSS JOIN LATERAL (SELECT b.id FROM @.event_deliveries b WHERE b.lane = e.lane" \
  " AND NOT (b.id = ANY ($1::bigint[])) ORDER BY b.position LIMIT 1) n"
// A row for each that ended, by its place, then one for each that may run now.
#define SUBLET_ENDED_AND_UNBLOCKED                                \
  " SELECT e.place, ''::bytea, ''::bytea, ''::bytea FROM ended e" \
  " UNION ALL SELECT NULL::bigint, u.tenant, u.extension, u.event FROM unblocked u"

// Of rows that ended, by a list of contents.
#define SUBLET_COMPLETED(contents)                                                         \
  "completed AS (INSERT INTO @.event_completions (at, tenant, content)"                    \
  " SELECT " SUBLET_NOW ", e.tenant, e.content FROM (SELECT e.tenant, e.place, (" contents \
  "::bytea[])[e.place] AS content FROM ended e) e WHERE e.content <> ''::bytea"            \
  " ORDER BY e.place)"

#define SUBLET_RECORD_ALIVE "(r.expires_at IS NULL OR r.expires_at > " SUBLET_NOW ")"
// The one of each name of a list, by the primary key.
#define SUBLET_RECORD_OF                                                                     \
  "(SELECT r.ctid, r.* FROM @.event_records r WHERE r.kind = i.kind AND r.tenant = i.tenant" \
  " AND r.name = i.name OFFSET 0) r"
#define SUBLET_RECORD "r.kind, r.tenant, r.name, r.data, r.version, r.due_at, r.expires_at"
