// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// The statements of selections on one connection. Single-owner.
class Selector {
 public:
  explicit Selector(Connection& connection);

  // Those that fit the filter's tenant, extension and event.
  std::vector<std::int64_t> queues(const EventFilter& filter);

 private:
  friend class Selection;
  // Of deliveries, or of dead letters.
  struct Table {
    Table(Connection& connection, bool dead);
    Statement next;           // after an id
    Statement next_in_queue;  // and of one queue
    Statement describe;
  };
  Table& table(bool dead) { return dead ? dead_ : living_; }

  Table living_;
  Table dead_;
  Statement queues_of_tenant_;
  Statement all_queues_;
  Statement queue_;
};

// The ids that fit a filter, in their order: of queues that fit, each by its index, merged; so that
// others' rows are not looked at. Single-owner; lives shorter than its filter and selector.
// Functions throw Failure.
class Selection {
 public:
  Selection(Selector& selector, const EventFilter& filter, bool dead, std::uint64_t after);

  // None: there is no more, or none among this many further rows.
  std::optional<std::uint64_t> next(std::size_t rows = SIZE_MAX);
  bool is_at_end() const { return heads_.empty(); }
  // The last id that was looked at: another selection goes on after it.
  std::uint64_t last() const { return last_; }

 private:
  // The next id of a queue; the queue 0: of all of them.
  using Head = std::pair<std::uint64_t, std::int64_t>;

  void start(std::uint64_t after);
  void start_with_ids(std::uint64_t after);
  void add_next(std::int64_t queue, std::uint64_t after);
  bool needs_row() const;
  bool fits(std::uint64_t id);
  bool queue_fits(std::int64_t queue);

  Selector& selector_;
  Selector::Table& table_;
  const EventFilter& filter_;
  const bool dead_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  std::uint64_t last_;
};

}  // namespace sublet::adapters::sqlite::events
