// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/statements.h"

#include <array>
#include <string_view>

namespace sublet::adapters::postgres {
namespace {

#define SUBLET_ENTRY_COLUMNS "e.key, e.type::bigint, e.value, e.version, e.updated_at, e.expires_at"
#define SUBLET_UPSERT                                                                      \
  " ON CONFLICT (tenant, space, key) DO UPDATE SET type = excluded.type,"                  \
  " value = excluded.value, version = excluded.version, updated_at = excluded.updated_at," \
  " expires_at = excluded.expires_at"
#define SUBLET_ALIVE(now) "(e.expires_at IS NULL OR e.expires_at > " now "::bigint)"
#define SUBLET_BYTES "(octet_length(e.key) + octet_length(e.value))"

// The row of each key of a list. By the primary key, one after the other, whatever the planner
// thinks of the tenant's size: OFFSET 0 keeps it from reading all that the tenant has instead.
#define SUBLET_ROW_OF(list)                                                      \
  "(SELECT * FROM @.kv_entries e WHERE e.tenant = $1::bytea AND e.space = " list \
  ".space AND e.key = " list ".key OFFSET 0) e"

// Both directions of a page. $3 is the first key, $4 the one after the last. One row more than the
// limit tells whether there are more; so does the number of rows before the bytes were counted.
#define SUBLET_LIST(direction)                                                                     \
  "WITH page AS (SELECT e.* FROM @.kv_entries e WHERE e.tenant = $1::bytea"                        \
  " AND e.space = $2::bytea AND e.key >= $3::bytea AND e.key < $4::bytea AND " SUBLET_ALIVE(       \
      "$5") " ORDER BY e.key " direction                                                           \
            " LIMIT $6::bigint),"                                                                  \
            " counted AS (SELECT e.*, row_number() OVER w AS place, count(*) OVER () AS found,"    \
            " sum(octet_length(e.key) + CASE WHEN $7::bigint = 1 THEN 0 ELSE "                     \
            "octet_length(e.value) END)"                                                           \
            " OVER w AS total FROM page e WINDOW w AS (ORDER BY e.key " direction                  \
            " ROWS UNBOUNDED PRECEDING))"                                                          \
            " SELECT e.key, e.type::bigint, CASE WHEN $7::bigint = 1 THEN ''::bytea ELSE e.value " \
            "END,"                                                                                 \
            " e.version, e.updated_at, e.expires_at, e.found FROM counted e"                       \
            " WHERE e.place = 1 OR e.total <= $8::bigint ORDER BY e.key " direction

// Whether this transaction holds the lock of its tenant: kLockTenant says so, for itself and for as
// long as it lasts. What is sent behind it without waiting for its answer may find a row that was
// not there when the lock was asked for.
#define SUBLET_LOCKED "current_setting('sublet.locked', true) = '1'"

// A commit of one put. In one statement, since nothing of it may happen where the condition or the
// quota does not hold; answers what was there, and the version where it did.
// The quota is commit_plan.h's: where an entry had expired, anything in its place is growth.
constexpr std::string_view kPutOneText =
    "WITH old AS MATERIALIZED (SELECT e.version, e.expires_at, " SUBLET_BYTES
    " AS bytes, CASE WHEN " SUBLET_ALIVE("$9")
    " THEN e.version END AS live FROM @.kv_entries e"
    " WHERE e.tenant = $1::bytea AND e.space = $2::bytea AND e.key = $3::bytea),"
    " counted AS (UPDATE @.kv_tenants t SET last_version = t.last_version + 1,"
    " keys = t.keys + CASE WHEN o.version IS NULL THEN 1 ELSE 0 END,"
    " bytes = t.bytes + octet_length($3::bytea) + octet_length($5::bytea) - coalesce(o.bytes, 0)"
    " FROM (SELECT 1) one LEFT JOIN old o ON true WHERE t.tenant = $1::bytea AND " SUBLET_LOCKED
    " AND CASE $6::bigint WHEN 0 THEN true WHEN 1 THEN o.live IS NULL"
    " WHEN 2 THEN o.live IS NOT NULL ELSE o.live = $7::bigint END"
    " AND (o.live IS NOT NULL"
    " OR t.keys + CASE WHEN o.version IS NULL THEN 1 ELSE 0 END <= $10::bigint)"
    " AND (octet_length($3::bytea) + octet_length($5::bytea)"
    " <= CASE WHEN o.live IS NULL THEN 0 ELSE o.bytes END"
    " OR t.bytes + octet_length($3::bytea) + octet_length($5::bytea) - coalesce(o.bytes, 0)"
    " <= $11::bigint)"
    " RETURNING t.last_version, CASE $8::bigint WHEN -1 THEN NULL"
    " WHEN -2 THEN (SELECT expires_at FROM old WHERE live IS NOT NULL)"
    " ELSE $8::bigint END AS expires_at),"
    " put AS (INSERT INTO @.kv_entries"
    " (tenant, space, key, type, value, version, updated_at, expires_at)"
    " SELECT $1::bytea, $2::bytea, $3::bytea, $4::bigint, $5::bytea, c.last_version, $9::bigint,"
    " c.expires_at FROM counted c" SUBLET_UPSERT
    ") SELECT o.version, o.bytes::bigint, o.expires_at, c.last_version"
    " FROM (SELECT 1) one LEFT JOIN old o ON true LEFT JOIN counted c ON true";

// The same for up to all writes of a commit, in arrays: a row for each. Removes are of one space,
// and come once more as $13 and $14, so that an index finds them.
constexpr std::string_view kWriteManyText =
    "WITH old AS MATERIALIZED (SELECT i.*, e.version AS old_version, e.expires_at AS old_expiry, "
    SUBLET_BYTES
    " AS old_bytes, CASE WHEN " SUBLET_ALIVE("$10")
    " THEN e.version END AS live FROM unnest($2::bytea[], $3::bytea[], $4::bigint[],"
    " $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[]) WITH ORDINALITY"
    " AS i(space, key, type, value, kind, condition, wanted, expiry, place)"
    " LEFT JOIN LATERAL " SUBLET_ROW_OF("i")
    " ON true),"
    " sums AS (SELECT bool_and(CASE condition WHEN 0 THEN true WHEN 1 THEN live IS NULL"
    " WHEN 2 THEN live IS NOT NULL ELSE coalesce(live = wanted, false) END) AS holds,"
    " sum(CASE WHEN kind = 1 AND old_version IS NULL THEN 1"
    " WHEN kind = 2 AND old_version IS NOT NULL THEN -1 ELSE 0 END)::bigint AS keys,"
    " sum(CASE kind WHEN 1 THEN octet_length(key) + octet_length(value) - coalesce(old_bytes, 0)"
    " WHEN 2 THEN -coalesce(old_bytes, 0) ELSE 0 END)::bigint AS bytes,"
    " sum(CASE WHEN kind = 1 AND live IS NULL THEN 1"
    " WHEN kind = 2 AND live IS NOT NULL THEN -1 ELSE 0 END) AS more_keys,"
    " sum(CASE WHEN kind = 1 THEN octet_length(key) + octet_length(value) ELSE 0 END"
    " - CASE WHEN kind <> 0 AND live IS NOT NULL THEN old_bytes ELSE 0 END) AS more_bytes"
    " FROM old),"
    " counted AS (UPDATE @.kv_tenants t SET last_version = t.last_version + 1,"
    " keys = t.keys + s.keys, bytes = t.bytes + s.bytes FROM sums s"
    " WHERE t.tenant = $1::bytea AND " SUBLET_LOCKED " AND s.holds"
    " AND (s.more_keys <= 0 OR t.keys + s.keys <= $11::bigint)"
    " AND (s.more_bytes <= 0 OR t.bytes + s.bytes <= $12::bigint) RETURNING t.last_version),"
    " put AS (INSERT INTO @.kv_entries"
    " (tenant, space, key, type, value, version, updated_at, expires_at)"
    " SELECT $1::bytea, o.space, o.key, o.type, o.value, c.last_version, $10::bigint,"
    " CASE o.expiry WHEN -1 THEN NULL WHEN -2 THEN CASE WHEN o.live IS NOT NULL"
    " THEN o.old_expiry END ELSE o.expiry END"
    " FROM old o CROSS JOIN counted c WHERE o.kind = 1" SUBLET_UPSERT
    "), removed AS (DELETE FROM @.kv_entries e USING counted c WHERE e.tenant = $1::bytea"
    " AND e.space = $13::bytea AND e.key = ANY ($14::bytea[]))"
    " SELECT o.old_version, o.old_bytes::bigint, o.old_expiry, c.last_version"
    " FROM old o LEFT JOIN counted c ON true ORDER BY o.place";

// Rows of any tenants, a few at a time: the first that are due of those whose tenant nobody holds.
// Who is at work is passed over and not waited for; so are two hosts that purge at once. Answers
// how many were due, and how many went.
constexpr std::string_view kPurgeSomeText =
    "WITH due AS MATERIALIZED (SELECT e.tenant, e.space, e.key, e.expires_at FROM @.kv_entries e"
    " JOIN @.kv_tenants t ON t.tenant = e.tenant WHERE e.expires_at <= $1::bigint"
    " ORDER BY e.expires_at LIMIT $2::bigint FOR UPDATE OF t SKIP LOCKED),"
    " gone AS (DELETE FROM @.kv_entries e USING due d"
    " WHERE e.tenant = d.tenant AND e.space = d.space AND e.key = d.key"
    " AND e.expires_at <= (SELECT max(expires_at) FROM due) RETURNING e.tenant, " SUBLET_BYTES
    " AS bytes),"
    " sums AS (SELECT tenant, count(*) AS keys, sum(bytes)::bigint AS bytes FROM gone"
    " GROUP BY tenant),"
    " counted AS (UPDATE @.kv_tenants t SET keys = t.keys - s.keys, bytes = t.bytes - s.bytes"
    " FROM sums s WHERE t.tenant = s.tenant)"
    " SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM gone)";

// The same of one tenant, which is locked, from a time on. Answers how many were due, and until
// when.
constexpr std::string_view kPurgeTenantText =
    "WITH due AS MATERIALIZED (SELECT e.space, e.key, e.expires_at FROM @.kv_entries e"
    " WHERE e.tenant = $1::bytea AND e.expires_at >= $2::bigint AND e.expires_at <= $3::bigint"
    " ORDER BY e.expires_at LIMIT $4::bigint),"
    " gone AS (DELETE FROM @.kv_entries e USING due d"
    " WHERE e.tenant = $1::bytea AND e.space = d.space AND e.key = d.key"
    " AND e.expires_at >= $2::bigint AND e.expires_at <= (SELECT max(expires_at) FROM due)"
    " RETURNING " SUBLET_BYTES
    " AS bytes),"
    " sums AS (SELECT count(*) AS keys, coalesce(sum(bytes), 0)::bigint AS bytes FROM gone),"
    " counted AS (UPDATE @.kv_tenants t SET keys = t.keys - s.keys, bytes = t.bytes - s.bytes"
    " FROM sums s WHERE t.tenant = $1::bytea)"
    " SELECT count(*), max(expires_at) FROM due";

// The next rows of a tenant, which is locked, behind a key and up to a space. Behind it, since rows
// that this transaction has removed stay in the index until it ends. Answers how many went, their
// bytes, how many had not expired, and the last key.
constexpr std::string_view kEraseSomeText =
    "WITH next AS MATERIALIZED (SELECT e.space, e.key FROM @.kv_entries e"
    " WHERE e.tenant = $1::bytea AND (e.space, e.key) > ($2::bytea, $3::bytea)"
    " AND e.space <= $4::bytea ORDER BY e.space, e.key LIMIT $5::bigint),"
    " last AS MATERIALIZED (SELECT n.space, n.key FROM next n ORDER BY n.space DESC, n.key DESC"
    " LIMIT 1),"
    " gone AS (DELETE FROM @.kv_entries e WHERE e.tenant = $1::bytea"
    " AND (e.space, e.key) > ($2::bytea, $3::bytea)"
    " AND (e.space, e.key) <= ((SELECT space FROM last), (SELECT key FROM last))"
    " RETURNING " SUBLET_BYTES " AS bytes, CASE WHEN " SUBLET_ALIVE(
        "$6") " THEN 1 ELSE 0 END AS alive)"
              " SELECT count(*), coalesce(sum(bytes), 0)::bigint, coalesce(sum(alive), 0)::bigint,"
              " (SELECT space FROM last), (SELECT key FROM last) FROM gone";

// The only row of kv_schema is found by its key too, since session_start.cc has the planner avoid
// whole tables. Forgets a tenant that has no entries any more, but for the versions it gave out:
// nobody gets them again, whoever they were.
constexpr std::string_view kForgetTenantText =
    "WITH gone AS (DELETE FROM @.kv_tenants WHERE tenant = $1::bytea RETURNING last_version)"
    " UPDATE @.kv_schema s SET version_floor = g.last_version FROM gone g"
    " WHERE s.version > 0 AND s.version_floor < g.last_version";

// In the order of StatementId.
constexpr std::array<Statement, kStatements> kAll = {{
    {"sublet_set_tenant", "SELECT set_config('sublet.tenant', encode($1::bytea, 'hex'), true)"},
    {"sublet_set_host", "SELECT set_config('sublet.host', 'on', true)"},
    {"sublet_set_timeout", "SELECT set_config('statement_timeout', ($1::bigint)::text, true)"},
    {"sublet_get_one",
     "SELECT 1::bigint, " SUBLET_ENTRY_COLUMNS
     " FROM @.kv_entries e WHERE e.tenant = $1::bytea AND e.space = $2::bytea AND e.key = $3::bytea"
     " AND " SUBLET_ALIVE("$4")},
    {"sublet_get_many",
     "SELECT i.place, " SUBLET_ENTRY_COLUMNS
     " FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS i(space, key, place)"
     " CROSS JOIN LATERAL " SUBLET_ROW_OF("i") " WHERE " SUBLET_ALIVE("$4")},
    {"sublet_list", SUBLET_LIST("ASC")},
    {"sublet_list_backwards", SUBLET_LIST("DESC")},
    {"sublet_usage",
     "SELECT t.keys - gone.keys, t.bytes - gone.bytes FROM @.kv_tenants t,"
     " (SELECT count(*) AS keys, coalesce(sum(" SUBLET_BYTES
     "), 0)::bigint AS bytes FROM @.kv_entries e"
     " WHERE e.tenant = $1::bytea AND e.expires_at <= $2::bigint) gone"
     " WHERE t.tenant = $1::bytea"},
    {"sublet_spaces", "SELECT e.space, count(*), sum(" SUBLET_BYTES
                      ")::bigint FROM @.kv_entries e WHERE e.tenant = $1::bytea AND " SUBLET_ALIVE(
                          "$2") " GROUP BY e.space"},
    {"sublet_tenants",
     "SELECT t.tenant FROM @.kv_tenants t WHERE t.tenant > $1::bytea AND t.keys > 0"
     " AND EXISTS (SELECT 1 FROM @.kv_entries e WHERE e.tenant = t.tenant AND " SUBLET_ALIVE(
         "$2") ") ORDER BY t.tenant LIMIT $3::bigint"},
    {"sublet_lock_tenant",
     "SELECT t.last_version, t.keys, t.bytes, set_config('sublet.locked', '1', true)"
     " FROM (SELECT last_version, keys, bytes FROM @.kv_tenants WHERE tenant = $1::bytea"
     " FOR UPDATE) t"},
    {"sublet_add_tenant",
     "INSERT INTO @.kv_tenants (tenant, last_version, keys, bytes) VALUES ($1::bytea, 0, 0, 0)"
     " ON CONFLICT (tenant) DO NOTHING"},
    {"sublet_raise_version",
     "UPDATE @.kv_tenants t SET last_version = s.version_floor FROM @.kv_schema s"
     " WHERE t.tenant = $1::bytea AND t.last_version = 0 AND s.version > 0"},
    {"sublet_put_one", kPutOneText},
    {"sublet_write_many", kWriteManyText},
    {"sublet_read_rows",
     "SELECT i.place, e.version, e.expires_at, " SUBLET_BYTES
     "::bigint, e.type::bigint, CASE WHEN i.wanted = 1 THEN e.value ELSE ''::bytea END,"
     " e.updated_at FROM unnest($2::bytea[], $3::bytea[], $4::bigint[]) WITH ORDINALITY"
     " AS i(space, key, wanted, place) CROSS JOIN LATERAL " SUBLET_ROW_OF("i")},
    {"sublet_put_rows",
     "INSERT INTO @.kv_entries (tenant, space, key, type, value, version, updated_at, expires_at)"
     " SELECT $1::bytea, i.space, i.key, i.type, i.value, i.version, $7::bigint,"
     " CASE i.expiry WHEN -1 THEN NULL ELSE i.expiry END FROM unnest($2::bytea[], $3::bytea[],"
     " $4::bigint[], $5::bytea[], $6::bigint[], $8::bigint[])"
     " AS i(space, key, type, value, version, expiry)" SUBLET_UPSERT},
    {"sublet_remove_rows",
     "DELETE FROM @.kv_entries WHERE tenant = $1::bytea AND space = $2::bytea"
     " AND key = ANY ($3::bytea[])"},
    {"sublet_set_tenant_usage",
     "UPDATE @.kv_tenants SET last_version = $2::bigint, keys = $3::bigint, bytes = $4::bigint"
     " WHERE tenant = $1::bytea"},
    {"sublet_purge_tenant", kPurgeTenantText},
    {"sublet_erase_some", kEraseSomeText},
    {"sublet_take_off",
     "UPDATE @.kv_tenants SET keys = keys - $2::bigint, bytes = bytes - $3::bigint"
     " WHERE tenant = $1::bytea"},
    {"sublet_forget_tenant", kForgetTenantText},
    {"sublet_purge_some", kPurgeSomeText},
}};

#undef SUBLET_LOCKED
#undef SUBLET_LIST
#undef SUBLET_ROW_OF
#undef SUBLET_BYTES
#undef SUBLET_ALIVE
#undef SUBLET_UPSERT
#undef SUBLET_ENTRY_COLUMNS

}  // namespace

const Statement& statement_of(StatementId id) noexcept {
  return kAll[static_cast<std::size_t>(id)];
}

std::span<const Statement> key_value_statements() noexcept { return kAll; }

std::string statement_text(StatementId id, const std::string& schema) {
  return with_schema(statement_of(id).text, schema);
}

}  // namespace sublet::adapters::postgres
