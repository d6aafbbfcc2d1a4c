// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// Milliseconds since 1970, as an event queue writes them.
using EventTime = std::chrono::sys_time<std::chrono::milliseconds>;
// Where a queue takes the time from; empty means the machine's clock, or the server's where the
// queue is on one. Called from any thread.
using EventClock = std::function<EventTime()>;

// Names one queue: deliveries to one extension of one tenant, of one event. An empty extension: not
// handed to extensions yet (see EventQueue, "outbox").
struct EventQueueName {
  std::string tenant = {};
  std::string extension = {};
  std::string event = {};

  friend auto operator<=>(const EventQueueName&, const EventQueueName&) = default;
};

// One event for one extension, to be kept until it is settled.
struct NewDelivery {
  EventQueueName queue = {};
  std::string event_id = {};  // the publisher's; deliveries of one event share it
  std::string payload = {};   // JSON text, or bytes
  std::string envelope = {};  // what Sublet keeps beside it; the queue does not look into it
  // Deliveries to one extension of one tenant that have the same key run one at a time, in the
  // order in which they were enqueued, whatever their event. Empty: whenever they are due.
  std::string ordering_key = {};
  std::optional<EventTime> not_before = {};  // none: at once
  std::optional<EventTime> expires_at = {};  // told to who claims it; the queue does nothing
};

// A small record beside the deliveries: a schedule, a pause, a member of the fleet, a cursor. Named
// by kind, tenant (may be empty) and name.
struct EventRecord {
  std::string kind = {};
  std::string tenant = {};
  std::string name = {};
  std::string data = {};
  // Not 0; larger with each write of this record.
  std::uint64_t version = 0;
  std::optional<EventTime> due_at = {};      // for due()
  std::optional<EventTime> expires_at = {};  // from then on it does not exist
};

// Writes or removes one record.
struct EventRecordWrite {
  std::string kind = {};
  std::string tenant = {};
  std::string name = {};
  std::optional<std::string> data = {};  // none: removes it
  std::optional<EventTime> due_at = {};
  // After this long it does not exist any more. 0: never.
  std::chrono::milliseconds expires_in{0};
  // The version that it must have, 0: it must not exist. None: whatever.
  std::optional<std::uint64_t> expected = {};
  // Where it is new: how many of this kind the tenant may have then.
  std::uint64_t max_in_tenant = UINT64_MAX;
};

// What is done together or not at all: the deliveries of one event, and records.
struct EventEnqueue {
  std::vector<NewDelivery> deliveries = {};  // 0 to kMaxDeliveries, all of one tenant
  // Where the tenant has enqueued with this key in the last `idempotency_window`, nothing is done:
  // kDuplicate. Empty: none. It is of the deliveries' tenant: there has to be one.
  std::string idempotency_key = {};
  std::chrono::milliseconds idempotency_window = std::chrono::hours(24);
  std::vector<EventRecordWrite> records = {};  // 0 to kMaxRecordWrites, no record twice
};

struct EventEnqueued {
  enum class Status : std::uint8_t {
    kEnqueued,  // all of it is there, as durably as the queue promises
    // Nothing was written:
    kDuplicate,  // of the event `event_id`, which had the same idempotency key
    kConflict,   // a record is not of the version expected
    kOverCount,  // EventRecordWrite::max_in_tenant
  };
  Status status = Status::kEnqueued;
  // kDuplicate: what the first one was. kEnqueued: of its own first delivery; else empty.
  std::string event_id = {};
  std::vector<std::uint64_t> ids = {};  // kEnqueued: of the deliveries
  std::size_t failed = 0;               // kConflict, kOverCount: the place in `records`
};

// Whose claim holds a delivery. A later claim has a larger fence, and only the latest may extend or
// settle.
struct EventLease {
  std::uint64_t id = 0;  // of the delivery; rises with the order of enqueueing
  std::uint64_t fence = 0;

  friend auto operator<=>(const EventLease&, const EventLease&) = default;
};

// A delivery as it is found.
struct EventDelivery {
  enum class State : std::uint8_t {
    kWaiting,  // for its time, or for being claimed
    kClaimed,
    kBlocked,  // another one with its ordering key comes first
    kDead,     // a dead letter
  };
  std::uint64_t id = 0;
  std::uint64_t fence = 0;
  State state = State::kWaiting;
  EventQueueName queue = {};
  std::string event_id = {};
  std::string payload = {};
  std::string envelope = {};
  std::string ordering_key = {};
  // How often it was claimed, this time included, without those that were released.
  std::uint32_t attempts = 0;
  EventTime enqueued_at{};
  EventTime due_at{};  // kClaimed: when the lease ends
  std::optional<EventTime> expires_at = {};
  std::string owner = {};  // kClaimed: who claimed it
  std::string note = {};   // what the last settlement said
  // kDead:
  std::string reason = {};
  EventTime died_at{};
};

// Claims what is due in some queues.
struct EventClaim {
  struct From {
    EventQueueName queue = {};
    std::uint32_t max = 1;  // 1 to kMaxClaim
  };
  std::vector<From> from = {};                                 // 1 to kMaxClaim, no queue twice
  std::string owner = {};                                      // who claims, for people who look
  std::chrono::milliseconds lease = std::chrono::seconds(30);  // 100 ms to kMaxLease
};

// How one attempt at a delivery ended.
struct EventSettlement {
  enum class Kind : std::uint8_t {
    kDone,     // it is gone
    kRetry,    // due again after `delay`
    kRelease,  // the same, and the attempt does not count
    kDead,     // a dead letter, for `reason`
  };
  EventLease lease = {};
  Kind kind = Kind::kDone;
  std::chrono::milliseconds delay{0};
  std::string reason = {};
  // kept with the delivery (kRetry, kDead), in place of the last one.
  std::string note = {};
  // kDone and kDead: a completion of this content is added, unless it is empty.
  std::string completion = {};
  // Enqueued together with it: an event's deliveries, where this was one of the outbox. Its
  // idempotency key and records are left out.
  std::vector<NewDelivery> deliveries = {};
};

// Which deliveries are meant: those that fit all fields that are set.
struct EventFilter {
  std::string tenant = {};  // of anybody where it is empty
  std::optional<std::string> extension = {};
  std::optional<std::string> event = {};
  std::vector<std::uint64_t> ids = {};  // up to kMaxPage
  std::string event_id = {};
  std::string reason = {};               // dead letters: that died for it; no other fits
  std::optional<EventTime> from = {};    // enqueued, or dead, since
  std::optional<EventTime> before = {};  // and before
};

// Looks at deliveries, in the order of their ids.
struct EventPeek {
  EventFilter filter = {};
  bool dead = false;          // dead letters; else those that are not settled
  std::uint64_t after = 0;    // the last id of the page before
  std::uint32_t limit = 100;  // 1 to kMaxPage
  bool payloads = true;       // false: payload and envelope are left out
};

struct EventCounts {
  std::uint64_t waiting = 0;  // due or not
  std::uint64_t claimed = 0;
  std::uint64_t blocked = 0;
  std::uint64_t dead = 0;

  friend bool operator==(const EventCounts&, const EventCounts&) = default;
};

// A queue that has something to claim, now or later.
struct EventReadiness {
  EventQueueName queue = {};
  EventTime
      due_at{};  // of the first delivery that is not blocked; of a claimed one its lease's end
};

struct EventReadyPage {
  std::vector<EventReadiness> queues = {};  // in a fixed order of the queue's own
  // For the next page: EventQueue::ready() goes on after it. Empty: this was the last one.
  std::string next = {};
  EventTime now{};  // the queue's time
};

struct EventCompletion {
  std::string cursor = {};  // for completions(): goes on after this one
  std::string tenant = {};
  std::string content = {};  // EventSettlement::completion
  EventTime at{};
};

struct EventCompletionPage {
  std::vector<EventCompletion> completions = {};
  // Where to go on, also of an empty page.
  std::string cursor = {};
};

// Takes the answer of one call.
template <typename T>
using EventCallback = std::function<void(Result<T>)>;
// Told of queues that others have put something into; empty: look at all.
using EventWatch = std::function<void(std::vector<EventQueueName>)>;

// Keeps events until they are settled: the adapter behind `publish` and everything durable. Whoever
// writes one proves it by sublet/testing/event_queue_conformance.h. It decides nothing: when to try
// again, when to give up and whose turn it is are Sublet's, so that every queue behaves the same.
//
// What was answered with kEnqueued, or settled, survives the end of the process or machine, unless
// the queue's options say otherwise; of no call's unit a part is there. A claim ends by itself when
// its lease is over: who claims next has a larger fence, and the one before can neither extend nor
// settle any more; until then it still can. Where the clock goes back, no claim lasts longer than
// kMaxLease from then on. "Outbox": rows that the host wrote in its own transaction have no
// extension; who claims them settles them with the deliveries that they become. An Error means:
// kInvalidArgument, it names the field and the bound that was passed; kUnavailable, nothing was
// done, and a later call may succeed; kIndeterminate, the queue did not say whether it was done;
// kResourceExhausted, it is full, nothing was done.
//
// Ownership: shared; the last owner's destructor ends what is under way with kUnavailable.
// Thread safety: thread-safe. A callback runs exactly once, on a thread of the queue or inside the
//   call; it is quick, waits for nothing and throws nothing, and may call the queue again.
// Blocking: never; work that waits is done on threads of the queue.
// Errors: in the Result that the callback gets; throws nothing.
class SUBLET_EXPORT EventQueue {
 public:
  // Of tenants, extensions, events, ids, kinds, reasons, owners; which have no byte 0. The rest may
  // be any bytes.
  static constexpr std::size_t kMaxNameBytes = 256;
  static constexpr std::size_t kMaxKeyBytes = 1024;  // of ordering and idempotency keys, records
  static constexpr std::size_t kMaxPayloadBytes = 16u << 20;
  static constexpr std::size_t kMaxEnvelopeBytes = 1u << 20;
  static constexpr std::size_t kMaxNoteBytes = 64u << 10;  // note, completion, a record's data
  static constexpr std::size_t kMaxDeliveries = 256;       // of one unit
  static constexpr std::size_t kMaxUnits = 1000;           // of one call of enqueue()
  static constexpr std::size_t kMaxRecordWrites = 16;
  static constexpr std::uint32_t kMaxClaim = 1000;  // queues, and deliveries of a call
  static constexpr std::uint32_t kMaxPage = 1000;
  static constexpr std::chrono::milliseconds kMaxLease = std::chrono::minutes(15);
  // Windows, delays and a record's life.
  static constexpr std::chrono::milliseconds kMaxSpan = std::chrono::hours(24 * 3653);

  virtual ~EventQueue();

  // Each unit by itself, in their order; the answer comes when all are durable, one place for each.
  virtual void enqueue(std::vector<EventEnqueue> units,
                       EventCallback<std::vector<EventEnqueued>> done) noexcept = 0;

  // What is due and neither claimed nor blocked, of each queue the ones that are due longest first;
  // at most kMaxClaim in all. Their attempts are counted.
  virtual void claim(EventClaim request,
                     EventCallback<std::vector<EventDelivery>> done) noexcept = 0;
  // Has leases end `lease` from now; up to kMaxClaim. For each whether it was still held.
  virtual void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
                      EventCallback<std::vector<bool>> done) noexcept = 0;
  // Ends claims, each by itself; up to kMaxClaim. For each whether it was still held, else nothing
  // was done.
  virtual void settle(std::vector<EventSettlement> settlements,
                      EventCallback<std::vector<bool>> done) noexcept = 0;
  // Queues that are not empty, but for those with blocked deliveries only; `next` of the page
  // before, or empty. `limit`: 1 to kMaxPage.
  virtual void ready(std::string after, std::uint32_t limit,
                     EventCallback<EventReadyPage> done) noexcept = 0;
  // One watcher; an empty one ends it, after which it is not called any more but may still run.
  // May tell of what this very process enqueued. A queue that cannot tell never calls it.
  virtual void watch(EventWatch changed) noexcept = 0;

  virtual void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept = 0;
  // May take long.
  virtual void count(EventFilter filter, EventCallback<EventCounts> done) noexcept = 0;

  // The next four take the first ones by id, at most `limit` (1 to kMaxPage), and answer how many;
  // fewer than `limit`: these were all.
  // Dead letters become deliveries again, with no attempts, due now, last in their order.
  virtual void replay(EventFilter filter, std::uint32_t limit,
                      EventCallback<std::uint64_t> done) noexcept = 0;
  // Deliveries become dead letters; their claims end. `completion` as of a settlement, made for
  // each by the caller's function, which is quick and throws nothing; empty: none.
  virtual void bury(EventFilter filter, std::string reason, std::uint32_t limit,
                    std::function<std::string(const EventDelivery&)> completion,
                    EventCallback<std::uint64_t> done) noexcept = 0;
  // They are gone, without a completion. `dead`: dead letters, else deliveries.
  virtual void purge(EventFilter filter, bool dead, std::uint32_t limit,
                     EventCallback<std::uint64_t> done) noexcept = 0;
  // Everything of a tenant: deliveries, dead letters, completions, records, keys; at most `limit`
  // rows.
  virtual void erase(std::string tenant, std::uint32_t limit,
                     EventCallback<std::uint64_t> done) noexcept = 0;

  // In the order in which they took effect; none is passed over by a cursor that went by. `after`:
  // a cursor, or empty: from the oldest that is kept.
  virtual void completions(std::string after, std::uint32_t limit,
                           EventCallback<EventCompletionPage> done) noexcept = 0;
  // Takes away completions that were added before; at most `limit`, answers how many.
  virtual void forget_completions(EventTime before, std::uint32_t limit,
                                  EventCallback<std::uint64_t> done) noexcept = 0;

  // All or none: kEnqueued with the version of each in `ids` (0: removed), kConflict, kOverCount.
  // Up to kMaxRecordWrites.
  virtual void write_records(std::vector<EventRecordWrite> writes,
                             EventCallback<EventEnqueued> done) noexcept = 0;
  // Those of a kind, by tenant and name (their bytes), after this place; of one tenant where it is
  // given. `after`: the last one's name; where no tenant is given its tenant, a byte 0 and its
  // name.
  virtual void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                            std::uint32_t limit,
                            EventCallback<std::vector<EventRecord>> done) noexcept = 0;
  // Those of a kind that are due, the longest first.
  virtual void due_records(std::string kind, std::uint32_t limit,
                           EventCallback<std::vector<EventRecord>> done) noexcept = 0;
};

// Check a request against the bounds above; every queue calls them first.
SUBLET_EXPORT Result<void> validate(const std::vector<EventEnqueue>& units);
SUBLET_EXPORT Result<void> validate(const EventClaim& request);
SUBLET_EXPORT Result<void> validate(const std::vector<EventSettlement>& settlements);
SUBLET_EXPORT Result<void> validate(const EventFilter& filter);
SUBLET_EXPORT Result<void> validate(const EventPeek& request);
SUBLET_EXPORT Result<void> validate(const std::vector<EventRecordWrite>& writes);

}  // namespace v1
}  // namespace sublet
