// SPDX-License-Identifier: Apache-2.0
#include "events/publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/publication_check.h"
#include "events/publish_planner.h"
#include "events/reply.h"

namespace sublet::events {
namespace {

using Enqueued = std::vector<EventEnqueued>;
using Receipts = std::vector<PublishReceipt>;
using Status = EventEnqueued::Status;

// One unit on its way to the queue.
struct Sent {
  std::size_t receipt = 0;  // its place
  std::vector<EventQueueName> queues;
};

// One call of publish(): its units go to the queue by EventQueue::kMaxUnits, in their order.
//
// Thread safety: none; one answer of the queue after the other.
struct PublishCall {
  explicit PublishCall(const Reply<Receipts>& to) : reply(to) {}

  Reply<Receipts> reply;
  Receipts receipts;
  std::vector<EventEnqueue> units;
  std::vector<Sent> sent;  // of each unit
  std::size_t next = 0;    // unit
};

Sent sent_of(std::size_t receipt, const EventEnqueue& unit) {
  Sent sent{receipt, {}};
  for (const NewDelivery& delivery : unit.deliveries) sent.queues.push_back(delivery.queue);
  return sent;
}

// Thread safety: thread-safe.
class QueuePublisher final : public Publisher {
 public:
  QueuePublisher(const Setup& setup, const Controls& controls, PayloadSchemas schemas,
                 std::function<void(std::vector<EventQueueName>)> enqueued)
      : setup_(setup),
        schemas_(std::move(schemas)),
        enqueued_(std::move(enqueued)),
        planner_(setup_, controls) {}

  void publish(std::vector<Publication> publications, PublishedBy by,
               PublishCallback done) noexcept override {
    with_reply<Receipts>(done, [&](const Reply<Receipts>& reply) {
      for (std::size_t i = 0; i < publications.size(); ++i) {
        Result<void> valid = check(fmt::format("publications[{}]", i), publications[i]);
        if (!valid) return reply(std::move(valid).error());
      }
      auto call = std::make_shared<PublishCall>(reply);
      for (Publication& publication : publications) plan(std::move(publication), by, *call);
      send(std::move(call));
    });
  }

  void fire(Publication publication, std::vector<EventRecordWrite> records,
            EventCallback<bool> done) noexcept override {
    with_reply<bool>(done, [&](const Reply<bool>& reply) {
      Result<void> valid = check("publication", publication);
      if (!valid) return reply(std::move(valid).error());
      PlannedPublication planned = plan_one(std::move(publication), {Source::kSchedule, {}, {}});
      const PublishStatus status = planned.receipt.status;
      const bool nothing =
          status == PublishStatus::kDenied || status == PublishStatus::kNobodyListens;
      if (!planned.unit && !nothing) {
        return reply(Error{ErrorCode::kUnavailable, std::move(planned.receipt.message)});
      }
      // Where nobody gets it the firing is over, too.
      EventEnqueue unit = planned.unit ? *std::move(planned.unit) : EventEnqueue();
      unit.records = std::move(records);
      fire_unit(std::move(unit), reply);
    });
  }

  std::vector<NewDelivery> fan_out(const EventDelivery& delivery,
                                   const Envelope& envelope) const override {
    return planner_.fan_out(delivery, envelope);
  }

 private:
  std::shared_ptr<QueuePublisher> self() {
    return std::static_pointer_cast<QueuePublisher>(shared_from_this());
  }

  Result<void> check(const std::string& field, const Publication& publication) const {
    const auto policy = setup_.directory->policy(publication.tenant);
    return check_publication(field, publication, policy == nullptr ? nullptr : &policy->events,
                             schemas_, setup_.calendar());
  }

  PlannedPublication plan_one(Publication publication, const PublishedBy& by) {
    std::string tenant = publication.tenant;
    PlannedPublication planned = planner_.plan(std::move(publication), by);
    if (planned.count) count(std::move(tenant));
    return planned;
  }

  void plan(Publication publication, const PublishedBy& by, PublishCall& call) {
    PlannedPublication planned = plan_one(std::move(publication), by);
    if (planned.unit) {
      call.sent.push_back(sent_of(call.receipts.size(), *planned.unit));
      call.units.push_back(*std::move(planned.unit));
    }
    call.receipts.push_back(std::move(planned.receipt));
  }

  // Counts what waits of a tenant, for PublishLimits.
  void count(std::string tenant) {
    EventFilter filter;
    filter.tenant = tenant;
    setup_.queue->count(
        std::move(filter), [self = self(), tenant](const Result<EventCounts>& counts) {
          std::optional<std::uint64_t> queued;
          if (counts) queued = counts->waiting + counts->blocked;
          self->planner_.limits().counted(tenant, queued, self->setup_.clock->now());
        });
  }

  void send(std::shared_ptr<PublishCall> call) {
    if (call->next == call->units.size()) return call->reply(std::move(call->receipts));
    const std::size_t first = call->next;
    call->next = std::min(call->units.size(), first + EventQueue::kMaxUnits);
    const auto from = call->units.begin();
    std::vector<EventEnqueue> units(
        std::make_move_iterator(from + static_cast<std::ptrdiff_t>(first)),
        std::make_move_iterator(from + static_cast<std::ptrdiff_t>(call->next)));
    setup_.queue->enqueue(std::move(units),
                          [self = self(), call, first](const Result<Enqueued>& answer) {
                            call->reply.guard([&] { self->take(answer, first, call); });
                          });
  }

  void take(const Result<Enqueued>& answer, std::size_t first,
            const std::shared_ptr<PublishCall>& call) {
    if (!answer || answer->size() != call->next - first) {
      const Error odd{ErrorCode::kInternal, "the queue answered for another number of units"};
      refuse_rest(answer ? odd : answer.error(), first, *call);
      return call->reply(std::move(call->receipts));
    }
    std::vector<EventQueueName> queues;
    for (std::size_t i = first; i < call->next; ++i) {
      const Sent& sent = call->sent[i];
      take_one((*answer)[i - first], sent, call->receipts[sent.receipt], queues);
    }
    tell(std::move(queues));
    send(call);
  }

  void take_one(const EventEnqueued& answer, const Sent& sent, PublishReceipt& receipt,
                std::vector<EventQueueName>& queues) {
    if (answer.status == Status::kEnqueued) {
      receipt.status = PublishStatus::kAccepted;
      receipt.deliveries = static_cast<std::uint32_t>(sent.queues.size());
      queues.insert(queues.end(), sent.queues.begin(), sent.queues.end());
      return;
    }
    give_back(sent);
    receipt.status = PublishStatus::kDuplicate;
    receipt.event_id = answer.event_id;
  }

  // What comes after a failure is not tried: it would come before what goes before it.
  void refuse_rest(const Error& error, std::size_t first, PublishCall& call) {
    const bool unclear = error.code == ErrorCode::kIndeterminate;
    for (std::size_t i = first; i < call.sent.size(); ++i) {
      PublishReceipt& receipt = call.receipts[call.sent[i].receipt];
      const bool tried = i < call.next;
      receipt.status = error.code == ErrorCode::kResourceExhausted ? PublishStatus::kTooManyQueued
                                                                   : PublishStatus::kUnavailable;
      receipt.message =
          fmt::format("{}{}", tried && unclear ? "the queue did not say whether it took it: " : "",
                      error.message);
      if (!tried || !unclear) give_back(call.sent[i]);
    }
    tell_fault(error);
  }

  void give_back(const Sent& sent) {
    planner_.limits().give_back(sent.queues.front().tenant, sent.queues.size());
  }

  void tell_fault(const Error& error) const {
    const bool fault =
        error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kInternal;
    if (fault && setup_.reports.fault) setup_.reports.fault("publish", error.message);
  }

  void tell(std::vector<EventQueueName> queues) const {
    if (queues.empty() || enqueued_ == nullptr) return;
    std::sort(queues.begin(), queues.end());
    queues.erase(std::unique(queues.begin(), queues.end()), queues.end());
    enqueued_(std::move(queues));
  }

  void fire_unit(EventEnqueue unit, const Reply<bool>& reply) {
    std::vector<EventEnqueue> units;
    Sent sent = sent_of(0, unit);
    units.push_back(std::move(unit));
    setup_.queue->enqueue(std::move(units),
                          [self = self(), sent, reply](const Result<Enqueued>& answer) {
                            reply.guard([&] { self->fired(answer, sent, reply); });
                          });
  }

  void fired(const Result<Enqueued>& answer, const Sent& sent, const Reply<bool>& reply) {
    const bool enqueued =
        answer && answer->size() == 1 && answer->front().status == Status::kEnqueued;
    if (enqueued) {
      tell(sent.queues);
      return reply(true);
    }
    const bool unclear = !answer && answer.error().code == ErrorCode::kIndeterminate;
    if (!sent.queues.empty() && !unclear) give_back(sent);
    if (!answer) {
      tell_fault(answer.error());
      return reply(answer.error());
    }
    if (!answer->empty() && answer->front().status == Status::kOverCount) {
      return reply(Error{ErrorCode::kResourceExhausted, "the tenant has too many records"});
    }
    reply(false);
  }

  const Setup setup_;
  const PayloadSchemas schemas_;
  const std::function<void(std::vector<EventQueueName>)> enqueued_;
  PublishPlanner planner_;
};

}  // namespace

std::shared_ptr<Publisher> Publisher::create(
    const Setup& setup, const Controls& controls, PayloadSchemas schemas,
    std::function<void(std::vector<EventQueueName>)> enqueued) {
  return std::make_shared<QueuePublisher>(setup, controls, std::move(schemas), std::move(enqueued));
}

}  // namespace sublet::events
