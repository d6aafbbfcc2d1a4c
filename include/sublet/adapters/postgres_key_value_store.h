// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sublet/adapters/key_value_store.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

struct PostgresKeyValueOptions {
  // As libpq takes it: "host=... dbname=... user=..." or "postgresql://...". Passwords belong into
  // a service or password file, or come from the host; they appear in no message. A host's name is
  // looked up by libpq on the store's only thread, at each attempt to connect: where the resolver
  // may hang, give an address as well ("hostaddr=..."), since sessions that are open wait
  // meanwhile.
  std::string connection;
  // Of Sublet's tables; made where it is missing. A lower-case identifier of at most 63 bytes.
  std::string schema = "sublet";
  // Connections, each opened when first needed. 1 to 256.
  std::uint32_t connections = 4;
  // Transactions sent ahead on one connection without waiting for answers. 1 to 1000.
  std::uint32_t pipeline = 32;
  // Calls that may wait for a connection; one more is kResourceExhausted. 1 to 1,000,000.
  std::uint32_t max_queue = 65'536;
  std::chrono::milliseconds connect_timeout{5000};  // 100 ms to 60 s
  std::chrono::milliseconds statement_timeout{
      5000};  // the server ends a statement: 10 ms to 10 min
  // How long a call may wait for a connection while there is none: kUnavailable. 0 to 10 min.
  std::chrono::milliseconds queue_timeout{5000};
  // Between attempts to connect: doubled from the first to the last, with jitter. 1 ms to 10 min.
  std::chrono::milliseconds first_backoff{50};
  std::chrono::milliseconds last_backoff{5000};
  // Policies of the tables by which each transaction sees one tenant's rows, whatever its
  // statements say. The tables' owner is bound by them too. A superuser and a role with BYPASSRLS
  // are not: open() refuses these. All hosts have the same here: open() refuses tables that were
  // made with the other. To change it, end all hosts, then apply schema_sql(), or disable the
  // policies.
  bool row_level_security = true;
  // Makes and migrates the schema at open(); false where the connection may not, and somebody else
  // applies what schema_sql() answers.
  bool create_schema = true;
  // How often entries that expired are removed. 1 s to 24 h.
  std::chrono::milliseconds purge_interval{60'000};
  KeyValueClock clock;
};

// Keeps entries in PostgreSQL 12 or newer, or an engine that speaks its protocol: for hosts on more
// than one machine. Their clocks should agree within a second, since expiry is told by them.
//
// Ownership: shared; the last owner's destructor ends what is under way with kUnavailable.
// Thread safety: thread-safe.
// Blocking: open() while it connects and makes the schema; nothing else.
// Errors: as KeyValueStore; throws nothing.
class SUBLET_EXPORT PostgresKeyValueStore final : public KeyValueStore {
 public:
  // kInvalidArgument: an option out of its range. kUnavailable: no connection within its timeout.
  // kFailedPrecondition: the schema is missing, not ours, or newer; or row_level_security is asked
  // for and does not bind the role that connects.
  static Result<std::shared_ptr<PostgresKeyValueStore>> open(PostgresKeyValueOptions options);
  ~PostgresKeyValueStore() override;

  // The statements that make the schema. kInvalidArgument: an option out of its range. A role that
  // is not the owner needs SELECT, INSERT, UPDATE and DELETE on all its tables.
  static Result<std::string> schema_sql(const PostgresKeyValueOptions& options);

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override;
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override;
  void usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept override;
  void spaces(std::string tenant,
              KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept override;
  // In one transaction, which holds up the tenant's commits until it ends; those that wait longer
  // than statement_timeout are kUnavailable. A tenant that is erased as a whole is forgotten, its
  // name too.
  void erase(std::string tenant, std::optional<std::string> space,
             KeyValueCallback<std::uint64_t> done) noexcept override;
  void tenants(std::string after, std::uint32_t limit,
               KeyValueCallback<std::vector<std::string>> done) noexcept override;

 private:
  class Impl;
  explicit PostgresKeyValueStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
