// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/events/context.h"
#include "adapters/postgres/events/names.h"
#include "adapters/postgres/events/statements.h"
#include "adapters/postgres/pool_options.h"
#include "adapters/postgres/single_call.h"

namespace sublet::adapters::postgres {

NumberArray numbers_of(const std::vector<std::uint64_t>& numbers);
inline EventTime event_time(std::int64_t milliseconds) {
  return EventTime(std::chrono::milliseconds(milliseconds));
}
inline std::int64_t number_of(std::optional<EventTime> time) {
  return time ? time->time_since_epoch().count() : kNoTime;
}

// Splits what is sorted by its ids into lists that have each id once, since a statement takes one
// fence for each, and that are short, since it searches them for each row.
inline constexpr std::size_t kMostAtOnce = 128;
template <typename T, typename IdOf>
std::vector<std::vector<T>> each_id_once(std::vector<T> rest, const IdOf& id_of) {
  std::vector<std::vector<T>> lists;
  while (!rest.empty()) {
    std::vector<T> once, again;
    for (const T& one : rest) {
      const bool fits =
          once.empty() || (once.size() < kMostAtOnce && id_of(once.back()) != id_of(one));
      (fits ? once : again).push_back(one);
    }
    lists.push_back(std::move(once));
    rest = std::move(again);
  }
  return lists;
}

// A call of the event queue. Those that go step by step say by awaits() which answer they go on
// with.
class EventCall : public SingleCall {
 public:
  explicit EventCall(EventContext& context) : context_(context) {}

 protected:
  EventContext& context() noexcept { return context_; }

  // The first of a transaction, which may be another attempt.
  void begin() noexcept {
    sent_ = 0;
    changed_.clear();
  }
  // Puts a statement behind the others; answers its place.
  std::size_t put(Sender& sender, EventStatement id, const Parameters& parameters) {
    sender.statement(id, parameters);
    return sent_++;
  }
  // Has `sent` statements behind been sent by somebody else.
  std::size_t count(std::size_t sent) noexcept { return std::exchange(sent_, sent_ + sent); }
  std::size_t last() const noexcept { return sent_ - 1; }

  // The locks that others of the queue wait for.
  void put_lock(Sender& sender, const Stripes& stripes, const std::vector<std::uint64_t>& ids = {},
                const std::vector<std::uint64_t>& dead = {});
  // What is planned for its parameters, and may take long.
  void put_long_work(Sender& sender);

  // Into which something was put, if the transaction goes through.
  std::set<EventQueueName>& changed() noexcept { return changed_; }
  void tell_changed() noexcept;

 private:
  EventContext& context_;
  std::size_t sent_ = 0;
  std::set<EventQueueName> changed_;
};

template <typename T>
class EventAnswer : public AnsweringCall<T, EventCall> {
 public:
  using AnsweringCall<T, EventCall>::AnsweringCall;
  void finish() override {
    AnsweringCall<T, EventCall>::finish();
    this->tell_changed();
  }
};

}  // namespace sublet::adapters::postgres
