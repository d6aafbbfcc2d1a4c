// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/postgres_test_side.h"
#include "sublet/adapters/postgres_event_queue.h"

// What tests of the event queue in PostgreSQL share.
namespace sublet {

// Over a schema that is there for nobody else yet.
PostgresEventQueueOptions fresh_event_options();
// Fails the test where the queue does not open.
std::shared_ptr<PostgresEventQueue> open_queue(PostgresEventQueueOptions options);

EventQueueName queue_named(const std::string& event = "event");
NewDelivery delivery_of(const std::string& event_id, const std::string& ordering_key = {});
EventEnqueue unit_of(std::vector<NewDelivery> deliveries);
EventClaim claim_of(std::uint32_t max, const EventQueueName& queue = queue_named());
EventSettlement done_of(const EventDelivery& delivery, const std::string& completion = {});

// Waited for; fail the test where they fail.
std::vector<std::uint64_t> enqueue(EventQueue& queue, std::vector<NewDelivery> deliveries);
std::vector<EventDelivery> claim(EventQueue& queue, EventClaim request);
std::vector<bool> settle(EventQueue& queue, std::vector<EventSettlement> settlements);
EventCounts count(EventQueue& queue, const std::string& tenant = "t");
// Of events, in the order of the deliveries.
std::vector<std::string> ids_of(const std::vector<EventDelivery>& deliveries);

template <typename T>
T value_of(Answer<T>& answer) {
  Result<T> result = answer.get();
  if (!result.has_value()) FAIL("the queue says: " << result.error().message);
  return *std::move(result);
}

// Statements one after the other, as one session of the host.
class Session {
 public:
  explicit Session(const std::string& user = "sublet");
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The first column of the rows, a line for each; fails the test where the statement fails.
  std::string run(const std::string& sql);
  // The SQLSTATE it fails with; empty: it does not.
  std::string state_of(const std::string& sql);
  // Sends it and does not wait.
  void send(const std::string& sql);
  // Of what was sent.
  std::string wait();

 private:
  pg_conn* const session_;
};

}  // namespace sublet
