// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/export.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/request.h"
#include "sublet/result.h"

// Durable events: what a host hands over and may forget. See docs/EVENTS.md.
namespace sublet {
inline namespace v1 {

// One event for every extension of the tenant that listens to it.
struct Publication {
  std::string tenant = {};   // as Event::tenant
  std::string event = {};    // as Event::event
  std::string payload = {};  // as Event::payload
  // For this extension only; empty: for all that listen.
  std::string extension = {};
  // The host's own id for it, 1 to 128 bytes; empty: Sublet makes one. It need not be unique.
  std::string id = {};
  // The second of two publications of a tenant with the same key, within the window, is the first
  // one: PublishStatus::kDuplicate. Up to 256 bytes; empty: none.
  std::string idempotency_key = {};
  std::chrono::milliseconds idempotency_window = std::chrono::hours(24);  // 1 s to 30 days
  // An extension gets events of one key one at a time, in the order in which they were published;
  // the next one when the one before is done, or a dead letter. Up to 256 bytes; empty: none.
  std::string ordering_key = {};
  std::optional<EventTime> not_before = {};  // at most 400 days from now
  // What has not begun by then is a dead letter (Outcome::kExpired).
  std::optional<EventTime> expires_at = {};
  std::string trace_parent = {};  // as in Event
  std::string trace_state = {};
};

// What became of a publication.
enum class PublishStatus : std::uint8_t {
  kAccepted,       // durable; each delivery ends in exactly one completion
  kDuplicate,      // of one before: PublishReceipt::event_id
  kNobodyListens,  // no extension of the tenant does; nothing is kept
  // Not accepted; nothing is kept:
  kTooManyQueued,  // EventPolicy::max_queued; try again later
  kThrottled,      // EventPolicy::publish_rate; try again after `retry_after`
  kDenied,         // EventAction::kDeny or kDrain
  kTooDeep,        // EventPolicy::max_depth: an extension answers an event that it caused
  kTooMany,        // EventPolicy::max_caused: one event caused too many
  kUnavailable,    // the queue did not take it; try again later
};

// The stable lower-case name: "too_many_queued".
SUBLET_EXPORT std::string_view to_string(PublishStatus status) noexcept;

struct PublishReceipt {
  PublishStatus status = PublishStatus::kUnavailable;
  std::string event_id = {};
  std::uint32_t deliveries = 0;  // how many extensions get it
  std::string message = {};      // one sentence, unless it was accepted
  std::chrono::milliseconds retry_after{0};

  bool accepted() const noexcept {
    return status == PublishStatus::kAccepted || status == PublishStatus::kDuplicate ||
           status == PublishStatus::kNobodyListens;
  }
};

using PublishCallback = std::function<void(Result<std::vector<PublishReceipt>>)>;

// How often and how long a delivery is tried. A manifest may ask for less of each.
struct DeliveryPolicy {
  using Milliseconds = std::chrono::milliseconds;
  // Attempts in all; then it is a dead letter. 1 to 100.
  std::uint32_t max_attempts = 8;
  // Before the n-th retry it waits at random up to first_backoff * 2^(n-1), at most last_backoff.
  // 1 ms to 1 h, and first_backoff to 24 h.
  Milliseconds first_backoff{1'000};
  Milliseconds last_backoff{600'000};
  // Since it was published, or since its not_before: older ones are not tried again. 1 s to 400
  // days.
  Milliseconds max_age = std::chrono::hours(24);

  friend bool operator==(const DeliveryPolicy&, const DeliveryPolicy&) = default;
};

// What one tenant may do with durable events: TenantPolicy::events.
struct EventPolicy {
  // Of an invocation by a durable event. Heap, external memory and stack are those of
  // TenantPolicy::limits, since one isolate answers both.
  Limits limits = Limits::for_events();
  DeliveryPolicy delivery;
  // Deliveries under way at once, in one process. 1 to 10,000.
  std::uint32_t max_concurrency = 16;
  // Deliveries begun, by one process. None where count is 0.
  Rate rate{};
  // Publications by anybody for this tenant, in one process. None where count is 0.
  Rate publish_rate{};
  // Deliveries that may wait. Counted now and then, so that a little more may get in. 1 to
  // 1,000,000,000.
  std::uint64_t max_queued = 1'000'000;
  // Events that lead from one to the next, each published by the extension that answers the one
  // before. 1 to 64.
  std::uint32_t max_depth = 16;
  // Events that one event may lead to in all, as far as one process sees. 1 to 1,000,000.
  std::uint32_t max_caused = 1'000;
  // Events that one invocation may publish. 0 to 1,000.
  std::uint32_t max_published = 100;
  // Schedules of all its extensions, and the bytes of the data of one. 0 to 100,000; up to 64 KiB.
  std::uint32_t max_schedules = 1'000;
  Bytes schedule_data = Bytes::kibibytes(4);
  // Requests to all its addresses for webhooks, and the bytes of one's body. Up to 8 MiB.
  Rate webhook_rate{250, std::chrono::minutes(1), 250};
  Bytes webhook_body = Bytes::kibibytes(256);
  // Of each extension: deliveries that fail open it, and the extension is suspended until probes
  // succeed. What waits, waits.
  BreakerOptions breaker{.window = std::chrono::minutes(1),
                         .minimum_calls = 20,
                         .failure_ratio = 0.9,
                         .open_time = std::chrono::seconds(30),
                         .open_time_most = std::chrono::minutes(10)};
};

SUBLET_EXPORT Result<void> validate(const EventPolicy& policy);

// -- control at run time, seen by all processes that share a queue --------------------------------

// Whose events: of everybody where all is empty.
struct EventScope {
  std::string tenant = {};
  std::string extension = {};
  std::string event = {};

  friend auto operator<=>(const EventScope&, const EventScope&) = default;
};

enum class EventAction : std::uint8_t {
  kPause,     // nothing is begun; publications wait
  kThrottle,  // begun at most at `rate`, by each process
  kDrain,     // publications are refused; what waits is worked off
  kDeny,      // publications are refused, and what waits becomes dead letters ("denied")
};

SUBLET_EXPORT std::string_view to_string(EventAction action) noexcept;

struct EventControl {
  EventScope scope = {};
  EventAction action = EventAction::kPause;
  Rate rate{};                          // kThrottle
  std::optional<EventTime> until = {};  // ends by itself
  std::string reason = {};              // for people, up to 1 KiB
  // Counts and tells what it would do (Observer::event_control_applied), and does nothing.
  bool dry_run = false;
};

// -- results back ---------------------------------------------------------------------------------

// How one delivery ended, for good.
struct DeliveryRecord {
  std::string cursor = {};  // of EventCompletion; empty where the observer is told
  std::string tenant = {};
  std::string extension = {};
  std::string event = {};
  std::string event_id = {};
  std::uint64_t delivery = 0;  // the queue's id
  Outcome outcome = Outcome::kInternalError;
  bool dead = false;        // it is a dead letter now, for `reason`
  std::string reason = {};  // "attempts_used", "too_old", "expired", "not_retried", ...
  std::uint32_t attempts = 0;
  std::string error_name = {};  // of the last attempt
  std::string error_message = {};
  std::string extension_version = {};
  EventTime published_at{};
  EventTime settled_at{};
  std::chrono::nanoseconds cpu_time{0};  // of the last attempt
  std::chrono::nanoseconds wall_time{0};
};

struct DeliveryRecordPage {
  std::vector<DeliveryRecord> records = {};
  std::string cursor = {};  // where to go on, also of an empty page
};

// A dead letter, or a delivery that waits.
struct DeliveryInfo {
  std::uint64_t id = 0;
  EventDelivery::State state = EventDelivery::State::kWaiting;
  std::string tenant = {};
  std::string extension = {};
  std::string event = {};
  std::string event_id = {};
  std::string payload = {};
  std::string ordering_key = {};
  std::uint32_t attempts = 0;
  EventTime published_at{};
  EventTime due_at{};
  std::string reason = {};  // dead letters: why
  EventTime died_at{};
  std::optional<Outcome> last_outcome = {};
  std::string error_name = {};  // of the last attempt
  std::string error_message = {};
};

// -- schedules ------------------------------------------------------------------------------------

// What happens to firings that fell into a time when no process ran.
enum class CatchUp : std::uint8_t {
  kSkip,  // none
  kOnce,  // one
  kAll,   // each, up to 1000
};

SUBLET_EXPORT std::string_view to_string(CatchUp rule) noexcept;

// Publishes an event to one extension at certain times. Exactly one of `at`, `every` and `cron`.
struct Schedule {
  std::string tenant = {};
  std::string extension = {};
  std::string name = {};   // 1 to 128 bytes
  std::string event = {};  // that the extension listens to
  std::optional<EventTime> at = {};
  std::chrono::milliseconds every{0};  // 1 min to 400 days, counted from when it was made
  // Five fields: minute, hour, day of month, month, day of week, as in POSIX crontab, with names,
  // ranges, lists and steps; where both days are given either will do. Or "@hourly" and its like.
  std::string cron = {};
  // Of `cron`: a name of the IANA time zone database; empty: UTC. Times that daylight saving
  // leaves out fire right after, those that come twice fire once.
  std::string time_zone = {};
  std::string data = {};  // JSON; the event's payload is {"schedule", "scheduledAt", "data"}
  CatchUp catch_up = CatchUp::kOnce;
  bool enabled = true;
  // Answered only:
  bool from_manifest = false;
  std::optional<EventTime> next_at = {};
  std::optional<EventTime> last_at = {};
};

// -- webhooks in ----------------------------------------------------------------------------------

// An HTTP request that the host's server got under HostEventOptions::webhook_url.
struct WebhookRequest {
  std::string method = {};
  // The request's target or whole URL; what follows the last '/' of its path is the address.
  std::string target = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

// What the host's server answers.
struct WebhookResponse {
  std::uint16_t status = 500;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::string event_id = {};  // where it became an event
  std::string reason = {};    // for the host's log: "signature", "unknown_address", "replayed", ...
};

}  // namespace v1
}  // namespace sublet
