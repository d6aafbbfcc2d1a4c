// SPDX-License-Identifier: Apache-2.0
#include "events/publish_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sublet::events {
namespace {

// What ends later than this does not end.
constexpr auto kLatest = std::chrono::hours(24 * 4000);
constexpr std::size_t kMaxTrace = 512;

// Keys of one publisher never meet those of another one.
std::string key_of(const std::string& key, const PublishedBy& by) {
  if (key.empty()) return key;
  switch (by.source) {
    case Source::kHost:
      return "host/" + key;
    case Source::kExtension:
      return "extension/" + by.extension + "/" + key;
    case Source::kSchedule:
      return "schedule/" + key;
    case Source::kWebhook:
      return "webhook/" + key;
  }
  return key;
}

// W3C's are printable ASCII; others go nowhere.
std::string trace_of(std::string text) {
  const bool sound = text.size() <= kMaxTrace && std::all_of(text.begin(), text.end(), [](char c) {
                       return c >= ' ' && c <= '~';
                     });
  return sound ? std::move(text) : std::string();
}

Envelope envelope_of(Publication& publication, const PublishedBy& by, EventTime now) {
  Envelope envelope;
  envelope.source = by.source;
  envelope.publisher = by.extension;
  envelope.published_at = now;
  envelope.not_before = publication.not_before;
  envelope.causes = by.causes;
  envelope.trace_parent = trace_of(std::move(publication.trace_parent));
  envelope.trace_state = trace_of(std::move(publication.trace_state));
  return envelope;
}

}  // namespace

PublishPlanner::PublishPlanner(const Setup& setup, const Controls& controls)
    : directory_(*setup.directory),
      clock_(*setup.clock),
      calendar_(setup.calendar),
      controls_(controls) {}

std::vector<EventQueueName> PublishPlanner::find_queues(const Publication& publication, bool known,
                                                        PublishReceipt& receipt) const {
  std::vector<std::string> listeners;
  if (known) listeners = directory_.listeners(publication.tenant, publication.event);
  if (!known) {
    listeners = {publication.extension};
  } else if (!publication.extension.empty()) {
    const bool listens =
        std::find(listeners.begin(), listeners.end(), publication.extension) != listeners.end();
    listeners.clear();
    if (listens) listeners = {publication.extension};
  }
  receipt.status = PublishStatus::kNobodyListens;
  receipt.message = "no extension of the tenant listens to the event";
  std::vector<EventQueueName> queues;
  for (std::string& listener : listeners) {
    EventQueueName queue{publication.tenant, std::move(listener), publication.event};
    const ControlVerdict verdict = controls_.verdict(queue);
    if (!verdict.denied && !verdict.drained) {
      queues.push_back(std::move(queue));
      continue;
    }
    receipt.status = PublishStatus::kDenied;
    receipt.message =
        fmt::format("the event is {}: {}", verdict.denied ? "denied" : "drained", verdict.reason);
  }
  return queues;
}

bool PublishPlanner::is_allowed(const Publication& publication, const EventPolicy& policy,
                                const PublishedBy& by, std::size_t deliveries,
                                PlannedPublication& planned) {
  PublishReceipt& receipt = planned.receipt;
  const base::TimePoint now = clock_.now();
  const PublishLimits::Answer answer = limits_.take(publication.tenant, policy, deliveries, now);
  planned.count = answer.count;
  receipt.status = answer.status;
  receipt.retry_after = answer.retry_after;
  if (answer.status == PublishStatus::kThrottled) {
    receipt.message = "the tenant publishes more than events.publish_rate";
    return false;
  }
  if (answer.status == PublishStatus::kTooManyQueued) {
    receipt.message = fmt::format("about {} deliveries of the tenant wait (events.max_queued)",
                                  policy.max_queued);
    return false;
  }
  if (by.causes.empty() ||
      caused_.take(publication.tenant, by.causes.front(), policy.max_caused, now)) {
    return true;
  }
  limits_.give_back(publication.tenant, deliveries);
  receipt.status = PublishStatus::kTooMany;
  receipt.message =
      fmt::format("one event led to {} others (events.max_caused)", policy.max_caused);
  return false;
}

PlannedPublication PublishPlanner::plan(Publication publication, const PublishedBy& by) {
  static const EventPolicy kDefaults;
  const std::shared_ptr<const TenantPolicy> known = directory_.policy(publication.tenant);
  const EventPolicy& policy = known == nullptr ? kDefaults : known->events;
  PlannedPublication planned;
  PublishReceipt& receipt = planned.receipt;
  receipt.event_id = publication.id.empty() ? ids_.next() : publication.id;
  // The event itself is one of them.
  if (by.causes.size() >= policy.max_depth) {
    receipt.status = PublishStatus::kTooDeep;
    receipt.message = fmt::format("{} events led to it (events.max_depth)", by.causes.size());
    return planned;
  }
  std::vector<EventQueueName> queues = find_queues(publication, known != nullptr, receipt);
  if (queues.size() > EventQueue::kMaxDeliveries) {
    receipt.status = PublishStatus::kTooMany;
    receipt.message = fmt::format("{} extensions listen to it; at most {} may", queues.size(),
                                  EventQueue::kMaxDeliveries);
    return planned;
  }
  if (queues.empty() || !is_allowed(publication, policy, by, queues.size(), planned)) {
    return planned;
  }
  receipt.message.clear();
  planned.unit = unit_of(std::move(publication), by, receipt.event_id, std::move(queues));
  return planned;
}

EventEnqueue PublishPlanner::unit_of(Publication publication, const PublishedBy& by,
                                     const std::string& event_id,
                                     std::vector<EventQueueName> queues) const {
  const EventTime now = calendar_();
  if (publication.not_before && *publication.not_before <= now) publication.not_before.reset();
  EventEnqueue unit;
  unit.idempotency_key = key_of(publication.idempotency_key, by);
  unit.idempotency_window = publication.idempotency_window;
  const std::string envelope = to_text(envelope_of(publication, by, now));
  for (EventQueueName& queue : queues) {
    NewDelivery delivery;
    delivery.queue = std::move(queue);
    delivery.event_id = event_id;
    delivery.payload = publication.payload;
    delivery.envelope = envelope;
    delivery.ordering_key = publication.ordering_key;
    delivery.not_before = publication.not_before;
    if (publication.expires_at && *publication.expires_at < now + kLatest) {
      delivery.expires_at = std::max(*publication.expires_at, EventTime{});
    }
    unit.deliveries.push_back(std::move(delivery));
  }
  return unit;
}

std::vector<NewDelivery> PublishPlanner::fan_out(const EventDelivery& delivery,
                                                 const Envelope& envelope) const {
  std::vector<NewDelivery> deliveries;
  for (std::string& listener : directory_.listeners(delivery.queue.tenant, delivery.queue.event)) {
    NewDelivery made;
    made.queue = {delivery.queue.tenant, std::move(listener), delivery.queue.event};
    made.event_id = delivery.event_id;
    made.payload = delivery.payload;
    made.envelope = to_text(envelope);
    made.ordering_key = delivery.ordering_key;
    made.expires_at = delivery.expires_at;
    deliveries.push_back(std::move(made));
  }
  return deliveries;
}

}  // namespace sublet::events
