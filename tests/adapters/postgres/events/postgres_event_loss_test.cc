// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/events/event_side.h"
#include "adapters/postgres/relay.h"

// The connection is lost in the middle of a call: of its unit all is there or nothing.
namespace sublet {
namespace {

// What every case begins with: deliveries of an order, one of them claimed, and a dead letter.
struct Stage {
  PostgresEventQueueOptions options = fresh_event_options();
  std::shared_ptr<EventQueue> direct = open_queue(options);
  std::vector<EventDelivery> claimed;

  Stage() {
    enqueue(*direct, {delivery_of("dead")});
    EventSettlement dies = done_of(claim(*direct, claim_of(1)).at(0));
    dies.kind = EventSettlement::Kind::kDead;
    dies.reason = "reason";
    settle(*direct, {dies});
    enqueue(*direct, {delivery_of("a", "k"), delivery_of("b", "k"), delivery_of("c")});
    claimed = claim(*direct, claim_of(1));
  }

  EventFilter all() const {
    EventFilter filter;
    filter.tenant = "t";
    return filter;
  }
  std::string state() const {
    Answer<EventCompletionPage> answer;
    direct->completions({}, 100, answer.callback());
    const EventCounts counts = count(*direct);
    return std::to_string(counts.waiting) + " " + std::to_string(counts.claimed) + " " +
           std::to_string(counts.blocked) + " " + std::to_string(counts.dead) + " " +
           std::to_string(value_of(answer).completions.size());
  }
  // The session breaks before the server hears this statement.
  template <typename T>
  void expect_nothing(const std::string& statement,
                      const std::function<void(EventQueue&, EventCallback<T>)>& call) const {
    CAPTURE(statement);
    Relay relay;
    PostgresEventQueueOptions lossy = options;
    lossy.connection = relay.connection();
    lossy.listen = false;
    const std::string before = state();
    const auto queue = open_queue(lossy);
    relay.drop_at('\0' + statement + '\0');
    Answer<T> answer;
    call(*queue, answer.callback());
    const Result<T> told = answer.get();
    REQUIRE_FALSE(told.has_value());
    const bool unknown = told.error().code == ErrorCode::kIndeterminate;
    CHECK((unknown || told.error().code == ErrorCode::kUnavailable));
    CHECK(state() == before);
  }
};

using Number = std::uint64_t;

void settle_as(EventQueue& queue, const EventDelivery& delivery, EventSettlement::Kind kind,
               EventCallback<std::vector<bool>> done) {
  EventSettlement settlement = done_of(delivery, "completion");
  settlement.kind = kind;
  settlement.reason = "reason";
  settlement.deliveries = {delivery_of("more", "k")};
  queue.settle({settlement}, std::move(done));
}

}  // namespace

TEST_CASE("postgres events: a connection lost at each step of a call leaves nothing half done") {
  const Stage stage;
  using Enqueued = std::vector<EventEnqueued>;
  const auto enqueues = [](EventQueue& queue, EventCallback<Enqueued> done) {
    EventEnqueue unit = unit_of({delivery_of("d", "k"), delivery_of("e", "l")});
    unit.idempotency_key = "key";
    unit.records = {{"kind", "t", "name", "data"}, {"kind", "t", "other", std::nullopt}};
    queue.enqueue({unit}, std::move(done));
  };
  for (const char* statement :
       {"sublet_event_lock", "sublet_read_keys", "sublet_count_records", "sublet_insert",
        "sublet_write_keys", "sublet_write_records", "sublet_remove_records"}) {
    stage.expect_nothing<Enqueued>(statement, enqueues);
  }
  using Kind = EventSettlement::Kind;
  for (const auto& [statement, kind] :
       {std::pair("sublet_event_lock", Kind::kDone), std::pair("sublet_settle_done", Kind::kDone),
        std::pair("sublet_settle_dead", Kind::kDead),
        std::pair("sublet_settle_again", Kind::kRetry), std::pair("sublet_insert", Kind::kDone)}) {
    const Kind as = kind;
    stage.expect_nothing<std::vector<bool>>(statement, [&, as](EventQueue& queue, auto done) {
      settle_as(queue, stage.claimed[0], as, std::move(done));
    });
  }
  stage.expect_nothing<std::vector<EventDelivery>>(
      "sublet_claim", [](EventQueue& queue, auto done) { queue.claim(claim_of(9), done); });
  for (const char* statement : {"sublet_pick", "sublet_event_lock", "sublet_hold", "sublet_bury"}) {
    stage.expect_nothing<Number>(statement, [&](EventQueue& queue, auto done) {
      queue.bury(
          stage.all(), "reason", 9, [](const auto&) { return "completion"; }, done);
    });
  }
  stage.expect_nothing<Number>("sublet_remove", [&](EventQueue& queue, auto done) {
    queue.purge(stage.all(), false, 9, done);
  });
  stage.expect_nothing<Number>(
      "sublet_replay", [&](EventQueue& queue, auto done) { queue.replay(stage.all(), 9, done); });
  stage.expect_nothing<Number>("sublet_erase",
                               [&](EventQueue& queue, auto done) { queue.erase("t", 9, done); });
}

TEST_CASE("postgres events: a call whose answer was lost is not done twice, and is told so") {
  const Stage stage;
  Relay relay;
  PostgresEventQueueOptions lossy = stage.options;
  lossy.connection = relay.connection();
  lossy.listen = false;
  const auto queue = open_queue(lossy);
  relay.answer_next("");
  Answer<std::vector<EventEnqueued>> answer;
  queue->enqueue({unit_of({delivery_of("d")})}, answer.callback());
  const auto told = answer.get();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == ErrorCode::kIndeterminate);
  CHECK(ids_of(claim(*stage.direct, claim_of(9))) == std::vector<std::string>{"c", "d"});
}

}  // namespace sublet
