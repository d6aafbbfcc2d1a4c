// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

struct PostgresEventQueueOptions {
  // As libpq takes it: "host=... dbname=... user=..." or "postgresql://...". Passwords belong into
  // a service or password file, or come from the host; they appear in no message. A host's name is
  // looked up by libpq on the queue's only thread, at each attempt to connect: where the resolver
  // may hang, give an address as well ("hostaddr=..."), since sessions that are open wait
  // meanwhile.
  std::string connection;
  // Of Sublet's tables; made where it is missing. A lower-case identifier of at most 63 bytes.
  std::string schema = "sublet";
  // Connections, each opened when first needed. 1 to 256. One more listens.
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
  // Listens, so that watch() tells what other processes enqueue. Not through a pooler that gives a
  // transaction any session.
  bool listen = true;
  // Makes and migrates the schema at open(); false where the connection may not, and somebody else
  // applies what schema_sql() answers.
  bool create_schema = true;
  // How often keys and records that expired are removed. 1 s to 24 h.
  std::chrono::milliseconds purge_interval{60'000};
  // Empty: the server's clock, which all processes share. Another one is for tests.
  EventClock clock;
};

// Keeps events in PostgreSQL 12 or newer: for hosts on more than one machine, which share nothing
// else. Its schema has the function publish(), by which a host enqueues in a transaction of its own
// (outbox): see docs/. With an ordering_key it fails (SQLSTATE 25000) in a transaction that is not
// READ COMMITTED: such a one does not see what came before it.
// A completion is handed out when every transaction of the server that began to write before it has
// ended: one that stays open holds completions up, and loses none.
//
// Ownership: shared; the last owner's destructor ends what is under way with kUnavailable.
// Thread safety: thread-safe.
// Blocking: open() while it connects and makes the schema; nothing else.
// Errors: as EventQueue; throws nothing.
class SUBLET_EXPORT PostgresEventQueue final : public EventQueue {
 public:
  // kInvalidArgument: an option out of its range. kUnavailable: no connection within its timeout.
  // kFailedPrecondition: the schema is missing, not ours, or newer.
  static Result<std::shared_ptr<PostgresEventQueue>> open(PostgresEventQueueOptions options);
  ~PostgresEventQueue() override;

  // The statements that make the schema. kInvalidArgument: an option out of its range. A role that
  // is not the owner needs SELECT, INSERT, UPDATE and DELETE on all its tables and USAGE on its
  // sequences; one that only calls publish() SELECT and INSERT on event_deliveries, and the latter.
  static Result<std::string> schema_sql(const PostgresEventQueueOptions& options);

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override;
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override;
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override;
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override;
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override;
  // A notification may be lost with its connection: the watcher is told to look at all when there
  // is one again. Only ready() is sure.
  void watch(EventWatch changed) noexcept override;
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override;
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override;
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override;
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override;
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override;
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override;
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override;
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override;
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override;
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override;
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override;

 private:
  class Impl;
  explicit PostgresEventQueue(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
