// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/statements.h"

#include <array>

#include "adapters/postgres/events/statement_parts.h"

namespace sublet::adapters::postgres {
namespace {

// Stripes of names and of orders, in one order for everybody: those of the caller's, and of the
// deliveries and dead letters it names.
constexpr std::string_view kLockText =
    "SELECT count(pg_advisory_xact_lock($1::bigint::int, s.stripe::int)) FROM"
    " (SELECT u.stripe FROM unnest($2::bigint[]) AS u(stripe)"
    " UNION SELECT d.lane & 1023 FROM @.event_deliveries d"
    " WHERE d.id = ANY ($3::bigint[]) AND d.lane + 0 IS NOT NULL"
    " UNION SELECT d.lane & 1023 FROM @.event_dead d"
    " WHERE d.id = ANY ($4::bigint[]) AND d.lane + 0 IS NOT NULL ORDER BY 1 OFFSET 0) s";

// The order's lock is held, and so the ids rise with the order of what was committed in it.
constexpr std::string_view kInsertText =
    "WITH " SUBLET_TIME("$12")
    " INSERT INTO @.event_deliveries (id, position, state, due_at, enqueued_at, expires_at, lane,"
    " tenant, extension, event, event_id, payload, envelope, ordering_key)"
    " SELECT i.id, i.id, CASE WHEN i.lane <> 0 AND (i.behind = 1 OR EXISTS"
    " (SELECT 1 FROM @.event_deliveries d WHERE d.lane = i.lane)) THEN 2 ELSE 0 END,"
    " greatest(i.not_before, " SUBLET_NOW "), " SUBLET_NOW ","
    " nullif(i.expires_at, " SUBLET_NO_TIME "), nullif(i.lane, 0), i.tenant, i.extension, i.event,"
    " i.event_id, i.payload, i.envelope, i.ordering_key"
    " FROM (SELECT nextval('@.event_ids') AS id, u.* FROM unnest($1::bytea[], $2::bytea[],"
    " $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[],"
    " $10::bigint[], $11::bigint[]) AS u(tenant, extension, event, event_id, payload, envelope,"
    " ordering_key, lane, behind, not_before, expires_at)) i RETURNING id";

// A claimed row is due when its lease ends: then it comes back by itself.
constexpr std::string_view kClaimText =
    "WITH " SUBLET_TIME("$7") ", picked AS MATERIALIZED (SELECT d.id"
    " FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[])"
    " AS f(tenant, extension, event, most) CROSS JOIN LATERAL"
    " (SELECT d.id FROM @.event_deliveries d WHERE d.tenant = f.tenant"
    " AND d.extension = f.extension AND d.event = f.event AND d.state < 2"
    " AND d.due_at <= " SUBLET_NOW
    " ORDER BY d.due_at, d.position LIMIT f.most FOR UPDATE SKIP LOCKED) d LIMIT 1000)"
    " UPDATE @.event_deliveries d SET state = 1, fence = d.fence + 1,"
    " attempts = d.attempts + 1, owner = $5::bytea, due_at = " SUBLET_NOW " + $6::bigint"
    " WHERE d.id = ANY (ARRAY(SELECT id FROM picked)) RETURNING "
    SUBLET_LIVE("d.payload", "d.envelope")
    ", array_position(ARRAY(SELECT id FROM picked), d.id)::bigint, " SUBLET_NOW;

constexpr std::string_view kMendLeasesText = "WITH " SUBLET_TIME(
    "$1") " UPDATE @.event_deliveries d SET due_at = " SUBLET_NOW
          " WHERE d.id = ANY (ARRAY(SELECT l.id FROM @.event_deliveries l WHERE l.state = 1"
          " AND l.due_at > " SUBLET_NOW
          " + $2::bigint LIMIT $3::bigint FOR UPDATE SKIP LOCKED))"
          " RETURNING d.id";

constexpr std::string_view kExtendText =
    "WITH " SUBLET_TIME("$4") " UPDATE @.event_deliveries d SET due_at = " SUBLET_NOW
                              " + $3::bigint WHERE " SUBLET_HELD " RETURNING d.id, d.fence";

#define SUBLET_FIRST_BEHIND(place)                                            \
  "SELECT d.tenant, d.extension, d.event, d.due_at FROM @.event_deliveries d" \
  " WHERE (d.tenant, d.extension, d.event) > (" place                         \
  ") AND d.state < 2"                                                         \
  " ORDER BY d.tenant, d.extension, d.event, d.due_at LIMIT 1"

// From one queue's first row to the next queue's, by the index. The time comes also where there is
// nothing.
constexpr std::string_view kReadyText =
    "WITH RECURSIVE " SUBLET_TIME("$5")
    ", r AS ((SELECT f.*, 1::bigint AS place FROM (" SUBLET_FIRST_BEHIND(
        "$1::bytea, $2::bytea, $3::bytea")
    ") f) UNION ALL SELECT n.*, r.place + 1 FROM r CROSS JOIN LATERAL (" SUBLET_FIRST_BEHIND(
        "r.tenant, r.extension, r.event")
    ") n WHERE r.place < $4::bigint)"
    " SELECT t.now, r.tenant, r.extension, r.event, r.due_at FROM t LEFT JOIN r ON true"
    " ORDER BY r.place";

constexpr std::string_view kSettleDoneText =
    "WITH " SUBLET_TIME("$3") ", ended AS (DELETE FROM @.event_deliveries d WHERE " SUBLET_HELD
                              " RETURNING " SUBLET_PLACE
                              "::bigint AS place, d.lane, d.position,"
                              " d.tenant), " SUBLET_COMPLETED("$4") ", " SUBLET_UNBLOCKED(
                                  SUBLET_NEXT) SUBLET_ENDED_AND_UNBLOCKED;

#define SUBLET_BURIED                                                        \
  "buried AS (INSERT INTO @.event_dead (died_at, reason, " SUBLET_KEPT_NAMES \
  ")"                                                                        \
  " SELECT " SUBLET_NOW ", e.reason, " SUBLET_KEPT("e") " FROM ended e)"

constexpr std::string_view kSettleDeadText =
    "WITH " SUBLET_TIME("$3") ", ended AS (DELETE FROM @.event_deliveries d WHERE " SUBLET_HELD
                              " RETURNING " SUBLET_PLACE
                              "::bigint AS place, d.position, d.id,"
                              " d.fence, d.attempts, d.due_at, d.enqueued_at, d.expires_at, "
                              "d.lane, d.tenant, d.extension,"
                              " d.event, d.event_id, d.ordering_key, ($5::bytea[])[" SUBLET_PLACE
                              "] AS reason,"
                              " ($6::bytea[])[" SUBLET_PLACE
                              "] AS note, d.envelope, d.payload), " SUBLET_BURIED
                              ", " SUBLET_COMPLETED("$4") ", " SUBLET_UNBLOCKED(SUBLET_NEXT)
                                  SUBLET_ENDED_AND_UNBLOCKED;

constexpr std::string_view kSettleAgainText =
    "WITH " SUBLET_TIME("$3") " UPDATE @.event_deliveries d SET state = 0, owner = ''::bytea,"
    " due_at = " SUBLET_NOW " + ($4::bigint[])[" SUBLET_PLACE "],"
    " attempts = d.attempts - ($5::bigint[])[" SUBLET_PLACE "],"
    " note = CASE WHEN ($5::bigint[])[" SUBLET_PLACE "] = 1 THEN d.note"
    " ELSE ($6::bytea[])[" SUBLET_PLACE "] END"
    " WHERE " SUBLET_HELD " RETURNING " SUBLET_PLACE "::bigint";

constexpr std::string_view kBuryText =
    "WITH " SUBLET_TIME("$4") ", ended AS (DELETE FROM @.event_deliveries d"
    " WHERE d.id = ANY ($1::bigint[]) RETURNING " SUBLET_PLACE "::bigint AS place,"
    " $3::bytea AS reason, " SUBLET_KEPT("d") "), " SUBLET_BURIED ", "
    SUBLET_COMPLETED("$2") ", " SUBLET_UNBLOCKED(SUBLET_NEXT_BEHIND) SUBLET_ENDED_AND_UNBLOCKED;

constexpr std::string_view kRemoveText =
    "WITH ended AS (DELETE FROM @.event_deliveries d WHERE d.id = ANY ($1::bigint[])"
    " RETURNING d.id AS place, d.lane), " SUBLET_UNBLOCKED(SUBLET_NEXT_BEHIND)
        SUBLET_ENDED_AND_UNBLOCKED;

// Last in their order, one behind the other.
constexpr std::string_view kReplayText =
    "WITH " SUBLET_TIME("$2")
    ", raised AS (DELETE FROM @.event_dead d WHERE d.id = ANY ($1::bigint[]) RETURNING d.*),"
    " placed AS (SELECT nextval('@.event_ids') AS position, r.* FROM (SELECT raised.*,"
    " row_number() OVER (PARTITION BY lane ORDER BY id) AS place FROM raised ORDER BY id) r)"
    " INSERT INTO @.event_deliveries (position, state, " SUBLET_KEPT_NAMES ")"
    " SELECT p.position, CASE WHEN p.lane IS NOT NULL AND (p.place > 1 OR EXISTS"
    " (SELECT 1 FROM @.event_deliveries d WHERE d.lane = p.lane)) THEN 2 ELSE 0 END,"
    " p.id, p.fence, 0, " SUBLET_NOW ", p.enqueued_at, p.expires_at, p.lane, p.tenant, p.extension,"
    " p.event, p.event_id, p.ordering_key, p.note, p.envelope, p.payload FROM placed p"
    " RETURNING id, tenant, extension, event";

constexpr std::string_view kWriteRecordsText =
    "WITH " SUBLET_TIME("$7")
    " INSERT INTO @.event_records AS r (kind, tenant, name, data, version, due_at, expires_at)"
    " SELECT i.kind, i.tenant, i.name, i.data, i.version, nullif(i.due_at, " SUBLET_NO_TIME "),"
    " CASE WHEN i.expires_in > 0 THEN " SUBLET_NOW " + i.expires_in END"
    " FROM (SELECT nextval('@.event_versions') AS version, u.* FROM unnest($1::bytea[],"
    " $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[])"
    " AS u(kind, tenant, name, data, due_at, expires_in)) i"
    " ON CONFLICT (kind, tenant, name) DO UPDATE SET data = excluded.data,"
    " version = excluded.version, due_at = excluded.due_at, expires_at = excluded.expires_at"
    " RETURNING version";

// Only what was begun before all that is still under way: what is committed later comes behind it.
constexpr std::string_view kCompletionsText =
    "SELECT c.transaction, c.id, c.tenant, c.content, c.at FROM @.event_completions c"
    " WHERE (c.transaction, c.id) > ($1::bigint, $2::bigint)"
    " AND c.transaction < txid_snapshot_xmin(txid_current_snapshot())"
    " ORDER BY c.transaction, c.id LIMIT $3::bigint";

#define SUBLET_GONE(name, table, which, limit)                                          \
  name " AS (DELETE FROM @." table " WHERE ctid = ANY (ARRAY(SELECT ctid FROM @." table \
       " WHERE " which " LIMIT " limit " FOR UPDATE SKIP LOCKED)) RETURNING 1)"

constexpr std::string_view kPurgeText =
    "WITH " SUBLET_TIME("$1") ", "
    SUBLET_GONE("keys", "event_keys", "expires_at <= " SUBLET_NOW, "$2::bigint") ", "
    SUBLET_GONE("records", "event_records", "expires_at <= " SUBLET_NOW, "$2::bigint")
    " SELECT (SELECT count(*) FROM keys), (SELECT count(*) FROM records)";

// One table after the other, as long as the limit lasts.
constexpr std::string_view kEraseText =
    "WITH " SUBLET_GONE("dead", "event_dead", "tenant = $1::bytea", "$2::bigint") ", "
    "dead_n AS (SELECT count(*) AS n FROM dead), "
    SUBLET_GONE("completions", "event_completions", "tenant = $1::bytea",
                "$2::bigint - (SELECT n FROM dead_n)") ", "
    "completions_n AS (SELECT n + (SELECT count(*) FROM completions) AS n FROM dead_n), "
    SUBLET_GONE("records", "event_records", "tenant = $1::bytea",
                "$2::bigint - (SELECT n FROM completions_n)") ", "
    "records_n AS (SELECT n + (SELECT count(*) FROM records) AS n FROM completions_n), "
    SUBLET_GONE("keys", "event_keys", "tenant = $1::bytea",
                "$2::bigint - (SELECT n FROM records_n)")
    " SELECT n + (SELECT count(*) FROM keys) FROM records_n";

// In the order of EventStatement.
constexpr std::array kAll = {
    Statement{"sublet_plan_anew",
              "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"},
    Statement{"sublet_set_timeout",
              "SELECT set_config('statement_timeout', ($1::bigint)::text, true)"},
    Statement{"sublet_event_lock", kLockText},
    Statement{"sublet_insert", kInsertText},
    Statement{"sublet_claim", kClaimText},
    Statement{"sublet_mend_leases", kMendLeasesText},
    Statement{"sublet_extend", kExtendText},
    Statement{"sublet_ready", kReadyText},
    Statement{"sublet_settle_done", kSettleDoneText},
    Statement{"sublet_settle_dead", kSettleDeadText},
    Statement{"sublet_settle_again", kSettleAgainText},
    Statement{
        "sublet_find",
        "SELECT " SUBLET_LIVE(
            "CASE WHEN $13::bigint = 1 THEN d.payload ELSE ''::bytea END",
            "CASE WHEN $13::bigint = 1 THEN d.envelope ELSE ''::bytea END") " FROM "
                                                                            "@.event_deliveries "
                                                                            "d" SUBLET_FITS_LIVE
                                                                                SUBLET_PAGE},
    Statement{"sublet_find_dead",
              "SELECT " SUBLET_DEAD("CASE WHEN $13::bigint = 1 THEN d.payload ELSE ''::bytea END",
                                    "CASE WHEN $13::bigint = 1 THEN d.envelope ELSE ''::bytea "
                                    "END") " FROM @.event_dead d" SUBLET_FITS_DEAD SUBLET_PAGE},
    Statement{"sublet_pick", "SELECT d.id FROM @.event_deliveries d" SUBLET_FITS_LIVE SUBLET_PAGE},
    Statement{"sublet_pick_dead", "SELECT d.id FROM @.event_dead d" SUBLET_FITS_DEAD SUBLET_PAGE},
    Statement{"sublet_count",
              "SELECT d.state::bigint, count(*) FROM @.event_deliveries d" SUBLET_FITS_LIVE
              " GROUP BY d.state"},
    Statement{"sublet_count_dead",
              "SELECT 3::bigint, count(*) FROM @.event_dead d" SUBLET_FITS_DEAD},
    Statement{
        "sublet_hold",
        "SELECT " SUBLET_LIVE(
            "d.payload",
            "d.envelope") " FROM @.event_deliveries d WHERE d.id = ANY ($1::bigint[]) ORDER BY d.id"
                          " FOR UPDATE"},
    Statement{"sublet_bury", kBuryText},
    Statement{"sublet_remove", kRemoveText},
    Statement{"sublet_remove_dead",
              "DELETE FROM @.event_dead d WHERE d.id = ANY ($1::bigint[])"
              " RETURNING d.id, ''::bytea, ''::bytea, ''::bytea"},
    Statement{"sublet_replay", kReplayText},
    Statement{"sublet_read_keys",
              "WITH " SUBLET_TIME(
                  "$3") " SELECT i.place, k.event_id FROM unnest($1::bytea[], $2::bytea[]) WITH "
                        "ORDINALITY"
                        " AS i(tenant, key, place) CROSS JOIN LATERAL (SELECT * FROM @.event_keys k"
                        " WHERE k.tenant = i.tenant AND k.key = i.key OFFSET 0) k"
                        " WHERE k.expires_at > " SUBLET_NOW},
    Statement{"sublet_write_keys",
              "WITH " SUBLET_TIME(
                  "$5") " INSERT INTO @.event_keys (tenant, key, event_id, expires_at)"
                        " SELECT i.tenant, i.key, i.event_id, " SUBLET_NOW " + i.lasts"
                        " FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[])"
                        " AS i(tenant, key, event_id, lasts) ON CONFLICT (tenant, key) DO UPDATE"
                        " SET event_id = excluded.event_id, expires_at = excluded.expires_at"},
    Statement{
        "sublet_read_versions",
        "WITH " SUBLET_TIME(
            "$4") " SELECT i.place, r.version FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])"
                  " WITH ORDINALITY AS i(kind, tenant, name, place) CROSS JOIN "
                  "LATERAL " SUBLET_RECORD_OF " WHERE " SUBLET_RECORD_ALIVE},
    Statement{
        "sublet_count_records",
        "WITH " SUBLET_TIME(
            "$3") " SELECT i.place, (SELECT count(*) FROM @.event_records r WHERE r.kind = i.kind"
                  " AND r.tenant = i.tenant AND " SUBLET_RECORD_ALIVE ")"
                  " FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS i(kind, tenant, "
                  "place)"},
    Statement{"sublet_write_records", kWriteRecordsText},
    Statement{"sublet_remove_records",
              "DELETE FROM @.event_records WHERE ctid = ANY (ARRAY(SELECT r.ctid"
              " FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS i(kind, tenant, name)"
              " CROSS JOIN LATERAL " SUBLET_RECORD_OF "))"},
    Statement{"sublet_records",
              "WITH " SUBLET_TIME(
                  "$5") " SELECT " SUBLET_RECORD " FROM @.event_records r"
                        " WHERE r.kind = $1::bytea AND (r.tenant, r.name) > ($2::bytea, $3::bytea)"
                        " AND " SUBLET_RECORD_ALIVE " ORDER BY r.tenant, r.name LIMIT $4::bigint"},
    Statement{"sublet_tenant_records",
              "WITH " SUBLET_TIME(
                  "$5") " SELECT " SUBLET_RECORD " FROM @.event_records r"
                        " WHERE r.kind = $1::bytea AND r.tenant = $2::bytea AND r.name > $3::bytea"
                        " AND " SUBLET_RECORD_ALIVE " ORDER BY r.name LIMIT $4::bigint"},
    Statement{"sublet_due_records",
              "WITH " SUBLET_TIME("$3") " SELECT " SUBLET_RECORD " FROM @.event_records r"
                                        " WHERE r.kind = $1::bytea AND r.due_at <= " SUBLET_NOW
                                        " AND " SUBLET_RECORD_ALIVE
                                        " ORDER BY r.due_at, r.tenant, r.name LIMIT $2::bigint"},
    Statement{"sublet_completions", kCompletionsText},
    Statement{"sublet_forget", "WITH " SUBLET_GONE("gone", "event_completions", "at < $1::bigint",
                                                   "$2::bigint") " SELECT count(*) FROM gone"},
    Statement{"sublet_erase", kEraseText},
    Statement{"sublet_purge", kPurgeText},
    Statement{"sublet_notify",
              "SELECT pg_notify(convert_from($1::bytea, 'UTF8'), convert_from($2::bytea, 'UTF8'))"},
};

}  // namespace

const Statement& statement_of(EventStatement id) noexcept {
  return kAll[static_cast<std::size_t>(id)];
}

std::span<const Statement> event_statements() noexcept { return kAll; }

}  // namespace sublet::adapters::postgres
