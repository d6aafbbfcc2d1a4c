// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/export.h"
#include "sublet/limits.h"

namespace sublet {
inline namespace v1 {

struct SqliteEventQueueOptions {
  // The database file; made where there is none. Its folder must exist and be on a local disk. Not
  // the file of a key-value store.
  std::filesystem::path path = {};
  // What an answer survives. A claim that is lost with the machine is as if it had never been.
  enum class Durability : std::uint8_t {
    kMachine,  // the end of the machine: synchronous=FULL, the disk is waited for
    kProcess,  // the end of this process; a machine that stops may lose what was written last
  };
  Durability durability = Durability::kMachine;
  // Connections that read, each with a thread. 1 to 64.
  std::uint32_t readers = 2;
  // Calls that may wait; one more is kResourceExhausted. 1 to 1,000,000.
  std::uint32_t max_queue = 65'536;
  // Deliveries that are written together, roughly: who publishes many at once is written part by
  // part, and others come in between. 1 to 10,000.
  std::uint32_t max_group = 256;
  // How long to wait for a database that another process has locked: kUnavailable then. 0 to 60 s.
  std::chrono::milliseconds busy_timeout{2000};
  // Of the file and its log; reaching it is kResourceExhausted for what is new, a little before it
  // is for settlements. 0: none, else at least 1 MiB.
  Bytes max_file = {};
  // How often records, idempotency keys and queues that are not needed any more are taken out of
  // the file. 1 s to 24 h.
  std::chrono::milliseconds purge_interval{60'000};
  EventClock clock = {};
};

// Keeps events in one SQLite file (WAL mode): the embedded default. What is to be written at the
// same moment is written together, so that it shares one wait for the disk; claims go before
// settlements, these before what is new, and there each tenant has its turn. Several processes may
// have the file open; watch() tells only of what was enqueued by this object.
//
// A call that is large is done in parts, a unit or row never in two; where a later part goes wrong
// it is kIndeterminate. One claim takes deliveries of 64 MiB at most, or one that is larger.
//
// Ownership: shared; the last owner's destructor waits for what is being written.
// Thread safety: thread-safe.
// Blocking: open() reads the file and may migrate it; backup() waits; nothing else.
// Errors: as EventQueue; throws nothing.
class SUBLET_EXPORT SqliteEventQueue final : public EventQueue {
 public:
  // kInvalidArgument: an option out of its range. kFailedPrecondition: the file is no event queue
  // of Sublet's, is damaged (it is left as it is), or is of a newer schema. kUnavailable: it is
  // locked, or cannot be opened.
  static Result<std::shared_ptr<SqliteEventQueue>> open(SqliteEventQueueOptions options);
  ~SqliteEventQueue() override;

  // Copies the database, as of one moment, to a file that must not exist, while calls go on. Waits;
  // not from a callback of Sublet's.
  Result<void> backup(const std::filesystem::path& to);

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override;
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override;
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override;
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override;
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override;
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
  explicit SqliteEventQueue(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
