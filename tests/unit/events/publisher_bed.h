// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "events/publisher.h"
#include "unit/events/event_bed.h"

namespace sublet::test {

// A publisher over a queue in memory. Tenant "acme" has "crm" and "mail", which listen to
// "onTicket"; "crm" alone listens to "onNote".
struct PublisherBed : EventBed {
  PublisherBed() {
    directory.tenants["acme"] = {};
    directory.listening[{"acme", "onTicket"}] = {"crm", "mail"};
    directory.listening[{"acme", "onNote"}] = {"crm"};
    controls->start({});
    make({});
  }

  void make(events::PayloadSchemas schemas) {
    publisher = events::Publisher::create(setup(), *controls, std::move(schemas),
                                          [this](std::vector<EventQueueName> queues) {
                                            told.insert(told.end(), queues.begin(), queues.end());
                                          });
  }
  EventPolicy& policy() { return directory.tenants["acme"].events; }

  static Publication publication(std::string event = "onTicket", std::string payload = "{}") {
    Publication made;
    made.tenant = "acme";
    made.event = std::move(event);
    made.payload = std::move(payload);
    return made;
  }

  Result<std::vector<PublishReceipt>> publish(std::vector<Publication> publications,
                                              events::PublishedBy by = {}) {
    Answer<std::vector<PublishReceipt>> answer;
    publisher->publish(std::move(publications), std::move(by), answer.callback());
    REQUIRE(answer.came());
    return answer.result();
  }
  PublishReceipt publish_one(Publication publication, events::PublishedBy by = {}) {
    const auto receipts = publish({std::move(publication)}, std::move(by));
    REQUIRE(receipts);
    REQUIRE(receipts->size() == 1);
    return receipts->front();
  }
  PublishStatus status(Publication publication, events::PublishedBy by = {}) {
    return publish_one(std::move(publication), std::move(by)).status;
  }
  std::string refusal(Publication publication) {
    const auto receipts = publish({PublisherBed::publication(), std::move(publication)});
    CHECK(waiting().empty());
    return receipts ? "accepted" : receipts.error().message;
  }
  void control(EventAction action, EventScope scope) {
    EventControl made;
    made.action = action;
    made.scope = std::move(scope);
    made.reason = "because";
    Answer<bool> answer;
    controls->apply(made, answer.callback());
    REQUIRE(answer.result());
  }

  // What is in the queue, in its order.
  std::vector<EventDelivery> waiting() {
    EventPeek request;
    request.limit = EventQueue::kMaxPage;
    Answer<std::vector<EventDelivery>> answer;
    queue->inner().peek(request, answer.callback());
    return *answer.result();
  }

  std::shared_ptr<events::Controls> controls = events::Controls::create(setup());
  std::shared_ptr<events::Publisher> publisher;
  std::vector<EventQueueName> told;
};

}  // namespace sublet::test
