// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "adapters/postgres/events/statements.h"
#include "adapters/postgres/transaction.h"
#include "base/mutex.h"
#include "sublet/adapters/postgres_event_queue.h"

namespace sublet::adapters::postgres {

// Who is told of changes.
//
// Thread safety: thread-safe; the watcher is called without a lock.
class Watcher {
 public:
  void set(EventWatch watch) SUBLET_EXCLUDES(mutex_);
  void tell(std::vector<EventQueueName> queues) noexcept SUBLET_EXCLUDES(mutex_);

 private:
  base::Mutex mutex_;
  std::shared_ptr<EventWatch> watch_ SUBLET_GUARDED_BY(mutex_);
};

// What the calls of one queue share.
//
// Ownership: the queue's tables own it, and so the engine, which outlives all calls.
// Thread safety: the loop's thread, but for what is const and the watcher.
class EventContext {
 public:
  explicit EventContext(PostgresEventQueueOptions options);

  const PostgresEventQueueOptions options;
  const std::int32_t lock_class;
  const std::string channel;
  const std::string sender;  // this queue's name in notifications
  Watcher watcher;
  // Hands a call to the engine.
  std::function<void(std::unique_ptr<Call>)> submit;

  // Of a statement: the test's clock's, or kNoTime.
  std::int64_t time() const { return options.clock ? since_1970(options.clock()) : kNoTime; }

  // Takes in what time it is. A clock that went back leaves leases that are too long.
  void observe(std::int64_t now) noexcept;
  bool leases_to_mend() const noexcept { return leases_to_mend_; }
  void mended() noexcept { leases_to_mend_ = false; }

  // After the commit: tells this process at once, and the others in one notification for all that
  // comes while the one before is under way. A notification in the transaction itself would take a
  // lock of the whole server at its commit.
  void changed(std::set<EventQueueName> queues);

 private:
  static std::int64_t since_1970(EventTime time) { return time.time_since_epoch().count(); }
  void notify();

  std::int64_t latest_ = kNoTime;
  bool leases_to_mend_ = true;  // by the claims of a process that ended
  std::set<EventQueueName> to_notify_;
  bool notifying_ = false;
};

}  // namespace sublet::adapters::postgres
