// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/events/clock_watch.h"
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

  ClockWatch& clock() noexcept { return clock_; }
  // Mends in a call of its own what a clock that went back left, where that is not under way.
  void mend_if_needed();
  bool mending() const noexcept { return mending_; }
  // Runs when the one that is under way has ended, however it did.
  void after_mending(std::function<void()> then) { behind_mending_.push_back(std::move(then)); }
  // Of MendCall: how many leaps it took care of; fewer than all: there is more.
  void mend_ended(bool committed, std::uint64_t leaps) noexcept;

  // After the commit: tells this process at once, and the others in one notification for all that
  // comes while the one before is under way. A notification in the transaction itself would take a
  // lock of the whole server at its commit.
  void changed(std::set<EventQueueName> queues);

 private:
  static std::int64_t since_1970(EventTime time) { return time.time_since_epoch().count(); }
  void notify();

  ClockWatch clock_;
  bool mending_ = false;
  std::vector<std::function<void()>> behind_mending_;
  std::set<EventQueueName> to_notify_;
  bool notifying_ = false;
};

}  // namespace sublet::adapters::postgres
