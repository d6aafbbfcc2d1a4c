// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/event_side.h"

#include <doctest/doctest.h>
#include <libpq-fe.h>

namespace sublet {

PostgresEventQueueOptions fresh_event_options() {
  static int schemas = 0;
  PostgresEventQueueOptions options;
  options.connection = the_server().connection();
  options.schema = "events_" + std::to_string(++schemas);
  options.first_backoff = std::chrono::milliseconds(5);
  options.last_backoff = std::chrono::milliseconds(100);
  return options;
}

std::shared_ptr<PostgresEventQueue> open_queue(PostgresEventQueueOptions options) {
  auto opened = PostgresEventQueue::open(std::move(options));
  if (!opened.has_value()) FAIL("the queue does not open: " << opened.error().message);
  return *std::move(opened);
}

EventQueueName queue_named(const std::string& event) { return {"t", "x", event}; }

NewDelivery delivery_of(const std::string& event_id, const std::string& ordering_key) {
  NewDelivery delivery;
  delivery.queue = queue_named();
  delivery.event_id = event_id;
  delivery.payload = event_id;
  delivery.ordering_key = ordering_key;
  return delivery;
}

EventEnqueue unit_of(std::vector<NewDelivery> deliveries) {
  EventEnqueue unit;
  unit.deliveries = std::move(deliveries);
  return unit;
}

EventClaim claim_of(std::uint32_t max, const EventQueueName& queue) {
  EventClaim request;
  request.from = {{queue, max}};
  request.owner = "test";
  return request;
}

EventSettlement done_of(const EventDelivery& delivery, const std::string& completion) {
  EventSettlement settlement;
  settlement.lease = {delivery.id, delivery.fence};
  settlement.completion = completion;
  return settlement;
}

std::vector<std::uint64_t> enqueue(EventQueue& queue, std::vector<NewDelivery> deliveries) {
  Answer<std::vector<EventEnqueued>> answer;
  queue.enqueue({unit_of(std::move(deliveries))}, answer.callback());
  return value_of(answer).front().ids;
}

std::vector<EventDelivery> claim(EventQueue& queue, EventClaim request) {
  Answer<std::vector<EventDelivery>> answer;
  queue.claim(std::move(request), answer.callback());
  return value_of(answer);
}

std::vector<bool> settle(EventQueue& queue, std::vector<EventSettlement> settlements) {
  Answer<std::vector<bool>> answer;
  queue.settle(std::move(settlements), answer.callback());
  return value_of(answer);
}

EventCounts count(EventQueue& queue, const std::string& tenant) {
  EventFilter filter;
  filter.tenant = tenant;
  Answer<EventCounts> answer;
  queue.count(filter, answer.callback());
  return value_of(answer);
}

std::vector<std::string> ids_of(const std::vector<EventDelivery>& deliveries) {
  std::vector<std::string> ids;
  for (const EventDelivery& delivery : deliveries) ids.push_back(delivery.event_id);
  return ids;
}

Session::Session(const std::string& user)
    : session_(PQconnectdb(the_server().connection(user).c_str())) {
  REQUIRE(PQstatus(session_) == CONNECTION_OK);
}

Session::~Session() { PQfinish(session_); }

std::string Session::run(const std::string& sql) {
  send(sql);
  return wait();
}

std::string Session::state_of(const std::string& sql) {
  PGresult* const result = PQexec(session_, sql.c_str());
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string found = state == nullptr ? "" : state;
  PQclear(result);
  return found;
}

void Session::send(const std::string& sql) { REQUIRE(PQsendQuery(session_, sql.c_str()) == 1); }

std::string Session::wait() {
  std::string value;
  while (PGresult* const result = PQgetResult(session_)) {
    const ExecStatusType status = PQresultStatus(result);
    CAPTURE(PQresultErrorMessage(result));
    REQUIRE((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK));
    if (PQntuples(result) > 0) value.clear();
    for (int row = 0; row < PQntuples(result); ++row) {
      value += (row == 0 ? "" : "\n") + std::string(PQgetvalue(result, row, 0));
    }
    PQclear(result);
  }
  return value;
}

}  // namespace sublet
