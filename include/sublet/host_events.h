// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"
#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// Durable events of a host.
struct HostEventOptions {
  using Milliseconds = std::chrono::milliseconds;
  // Where events are kept. Null: SQLite in the state directory ("events.db"); without one,
  // publish() and its like are kFailedPrecondition.
  std::shared_ptr<EventQueue> queue;
  // False: this process publishes, schedules and takes webhooks, but delivers nothing.
  bool deliver = true;

  // JSON Schemas (2020-12, a subset: docs/EVENTS.md) of payloads, by event. What does not fit its
  // schema is not accepted.
  std::map<std::string, std::string> schemas;
  // What addresses of webhooks are appended to: "https://hooks.example.com/in/". Empty: tenant code
  // gets none.
  std::string webhook_url;

  // Deliveries under way at once, of all tenants. 1 to 100,000.
  std::uint32_t max_under_way = 256;
  // How long a process that does not say anything keeps what it has claimed. 1 s to 10 min.
  Milliseconds lease{30'000};
  // How often the queue is looked at where nobody tells of events. 10 ms to 1 min.
  Milliseconds poll{1'000};

  // On how many of the processes that share the queue a tenant's events run. 1 to 64.
  std::uint32_t places = 2;
  // How often a process says that it lives, and how long without that makes it gone. 10 ms to 1
  // min; at least three times as long, up to 10 min.
  Milliseconds heartbeat{1'000};
  Milliseconds gone_after{5'000};

  // How long records of what was settled are kept. 1 min to 400 days.
  Milliseconds keep_records = std::chrono::hours(24 * 7);
};

// What is known of the events of one process and, where it says so, of all that share its queue.
struct EventStats {
  std::uint32_t under_way = 0;
  std::uint64_t begun = 0;  // attempts, since create()
  std::uint64_t done = 0;
  std::uint64_t retried = 0;
  std::uint64_t dead = 0;
  std::uint64_t released = 0;        // attempts that did not count: nothing ran
  std::uint64_t lost = 0;            // settlements that came after another process had taken over
  std::vector<std::string> members;  // of all: the processes alive
};

// The host's way to its durable events: ExtensionHost::events().
//
// Ownership: the ExtensionHost's; gone with it.
// Thread safety: thread-safe.
// Blocking: everything but stats() and controls() waits for the queue, at most 30 s
//   (kUnavailable); not from a completion, an observer or a host function.
// Errors: kInvalidArgument names the field; kFailedPrecondition: the host has no queue, or was shut
//   down.
class SUBLET_EXPORT HostEvents {
 public:
  ~HostEvents();
  HostEvents(const HostEvents&) = delete;
  HostEvents& operator=(const HostEvents&) = delete;

  // -- what waits, and what did not make it ------------------------------------------------------

  // A page of deliveries (EventPeek::dead: of dead letters), by id.
  Result<std::vector<DeliveryInfo>> deliveries(const EventPeek& request) const;
  // Looks at all that fit: may take long.
  Result<EventCounts> count(const EventFilter& filter) const;
  // Dead letters are delivered again, with all their attempts; answers how many.
  Result<std::uint64_t> replay(const EventFilter& filter);
  // Deliveries that wait (or are under way: their result is then refused) become dead letters.
  Result<std::uint64_t> bury(const EventFilter& filter, std::string_view reason);
  // Gone for good, without a record. `dead`: dead letters; else deliveries.
  Result<std::uint64_t> purge(const EventFilter& filter, bool dead);
  // Everything about a tenant: deliveries, dead letters, records, schedules, addresses, controls.
  Result<std::uint64_t> erase(std::string_view tenant);

  // -- results back ------------------------------------------------------------------------------

  // What all processes have settled, each exactly once, in order: keep the page's cursor with what
  // was made of its records. `after`: empty, from the oldest that is kept.
  Result<DeliveryRecordPage> records(std::string_view after, std::uint32_t limit = 100) const;
  // Calls back with each record in order, in one of the processes that subscribe by this name, from
  // where it was last; a new name begins with the oldest record. Where the process ends before the
  // callback has returned, the next one is told that record again, and perhaps some before it. On
  // one of Sublet's threads; it must not block and not throw. kAlreadyExists: in this process.
  Result<void> subscribe(std::string name, std::function<void(const DeliveryRecord&)> told);
  // The callback is not called any more, but may still run; the place is kept. False: there is
  // none.
  bool unsubscribe(const std::string& name) noexcept;

  // -- control -----------------------------------------------------------------------------------

  // Holds here at once, in other processes within about a second.
  Result<void> control(EventControl control);
  // False: there was none.
  Result<bool> lift(const EventScope& scope, EventAction action);
  std::vector<EventControl> controls() const;

  // -- schedules and addresses, of an extension that is installed ---------------------------------

  Result<Schedule> create_schedule(Schedule schedule);
  Result<Schedule> update_schedule(Schedule schedule);
  Result<bool> remove_schedule(std::string_view tenant, std::string_view extension,
                               std::string_view name);
  // Of an extension; empty: of all of the tenant's.
  Result<std::vector<Schedule>> schedules(std::string_view tenant,
                                          std::string_view extension = {}) const;

  Result<std::string> webhook_url(std::string_view tenant, std::string_view extension,
                                  std::string_view webhook);
  Result<bool> revoke_webhook(std::string_view tenant, std::string_view extension,
                              std::string_view webhook);

  EventStats stats() const;

  class Impl;
  explicit HostEvents(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
