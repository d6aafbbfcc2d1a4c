// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/counters.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

struct QueueRow {
  std::int64_t id = 0;
  std::int64_t scope = 0;
};

// Which number stands for which queue, and who has something new. Single-owner; functions throw
// Failure.
class Queues {
 public:
  Queues(Connection& connection, Counters& counters);

  // The first step of a transaction: nothing is known any more.
  void forget();
  std::optional<QueueRow> find(const EventQueueName& name);
  QueueRow find_or_make(const EventQueueName& name);
  // It must be there.
  const EventQueueName& name_of(std::int64_t id) { return described(id).name; }
  std::int64_t scope_of(std::int64_t id) { return described(id).scope; }

  // It has something to claim, or will.
  void wake(std::int64_t id) { woken_.insert(name_of(id)); }
  // Of this transaction.
  std::set<EventQueueName>& woken() { return woken_; }

  // Takes out queues that nothing is in, of the next ones in turn; answers whether it has come to
  // the end of them.
  bool drop_empty();
  void drop_empty_of(const std::string& tenant);

 private:
  struct Described {
    EventQueueName name;
    std::int64_t scope = 0;
  };

  const Described& described(std::int64_t id);
  void remember(const QueueRow& row, const EventQueueName& name);

  // Of this transaction.
  std::map<EventQueueName, QueueRow> rows_;
  std::map<std::int64_t, Described> described_;
  std::set<EventQueueName> woken_;
  std::int64_t looked_at_ = 0;  // for drop_empty()

  Counters& counters_;
  Statement find_;
  Statement scope_;
  Statement make_;
  Statement describe_;
  Statement some_;
  Statement drop_;
  Statement of_tenant_;
};

}  // namespace sublet::adapters::sqlite::events
