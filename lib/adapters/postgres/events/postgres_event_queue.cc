// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/postgres_event_queue.h"

#include <exception>
#include <utility>

#include "adapters/event_queue/checks.h"
#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/engine.h"
#include "adapters/postgres/events/claim_calls.h"
#include "adapters/postgres/events/cursors.h"
#include "adapters/postgres/events/enqueue_call.h"
#include "adapters/postgres/events/event_tables.h"
#include "adapters/postgres/events/filter_calls.h"
#include "adapters/postgres/events/kept_calls.h"
#include "adapters/postgres/events/listener.h"
#include "adapters/postgres/events/schema.h"
#include "adapters/postgres/events/settle_call.h"
#include "adapters/postgres/pool_options.h"

namespace sublet {
inline namespace v1 {
namespace postgres = adapters::postgres;

class PostgresEventQueue::Impl {
 public:
  Impl(std::shared_ptr<postgres::Engine> engine, postgres::EventContext& context)
      : engine_(std::move(engine)), context_(context) {}
  ~Impl() {
    context_.watcher.set(nullptr);
    engine_->close();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Checks what was asked for, makes the call of it, and hands it over.
  template <typename Made, typename Answer, typename... Arguments>
  void submit(const Result<void>& checked, EventCallback<Answer>& done,
              Arguments&&... arguments) noexcept {
    if (!checked) return postgres::deliver(done, Error(checked.error()));
    std::unique_ptr<Made> call;
    try {
      call = std::make_unique<Made>(context_, std::forward<Arguments>(arguments)...);
    } catch (const std::exception&) {
      return postgres::deliver(done, Error{ErrorCode::kResourceExhausted, "out of memory"});
    }
    call->done = std::move(done);
    engine_->submit(std::move(call));
  }

  void watch(EventWatch changed) noexcept {
    try {
      context_.watcher.set(std::move(changed));
    } catch (const std::exception&) {
      // No memory: it is never called, as of a queue that cannot tell.
    }
  }

 private:
  const std::shared_ptr<postgres::Engine> engine_;
  postgres::EventContext& context_;  // the engine keeps it
};

PostgresEventQueue::PostgresEventQueue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PostgresEventQueue::~PostgresEventQueue() = default;

Result<std::shared_ptr<PostgresEventQueue>> PostgresEventQueue::open(
    PostgresEventQueueOptions options) {
  try {
    const postgres::PoolOptions pool = postgres::pool_options(options);
    if (Result<void> checked = postgres::check_options(pool); !checked) return checked.error();
    auto settings = postgres::ConnectSettings::make(options.connection, options.connect_timeout);
    if (!settings) return settings.error();
    const bool listens = options.listen;
    auto tables = std::make_unique<postgres::EventTables>(std::move(options));
    postgres::EventContext& context = tables->context();
    std::unique_ptr<postgres::Listener> listener;
    if (listens) listener = std::make_unique<postgres::Listener>(context, *settings);
    auto engine = std::make_shared<postgres::Engine>(pool, *std::move(settings), std::move(tables),
                                                     std::move(listener));
    context.submit = [to = engine.get()](auto call) { to->submit(std::move(call)); };
    auto impl = std::make_unique<Impl>(engine, context);
    if (Result<void> opened = engine->open(); !opened) return opened.error();
    return std::shared_ptr<PostgresEventQueue>(new PostgresEventQueue(std::move(impl)));
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

Result<std::string> PostgresEventQueue::schema_sql(const PostgresEventQueueOptions& options) {
  try {
    const Result<void> checked = postgres::check_options(postgres::pool_options(options));
    if (!checked) return checked.error();
    return "BEGIN;\n" + postgres::event_migration_sql(options.schema, {}) + "COMMIT;\n";
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

void PostgresEventQueue::enqueue(std::vector<EventEnqueue> units,
                                 EventCallback<std::vector<EventEnqueued>> done) noexcept {
  impl_->submit<postgres::EnqueueCall>(validate(units), done, std::move(units));
}

void PostgresEventQueue::claim(EventClaim request,
                               EventCallback<std::vector<EventDelivery>> done) noexcept {
  impl_->submit<postgres::ClaimCall>(validate(request), done, std::move(request));
}

void PostgresEventQueue::extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
                                EventCallback<std::vector<bool>> done) noexcept {
  impl_->submit<postgres::ExtendCall>(adapters::check_event_leases(leases, lease), done,
                                      std::move(leases), lease);
}

void PostgresEventQueue::settle(std::vector<EventSettlement> settlements,
                                EventCallback<std::vector<bool>> done) noexcept {
  impl_->submit<postgres::SettleCall>(validate(settlements), done, std::move(settlements));
}

void PostgresEventQueue::ready(std::string after, std::uint32_t limit,
                               EventCallback<EventReadyPage> done) noexcept {
  Result<void> checked = adapters::check_event_limit(limit);
  const Result<EventQueueName> place = postgres::queue_at(after);
  if (checked && !place) checked = place.error();
  impl_->submit<postgres::ReadyCall>(checked, done, place ? *place : EventQueueName(), limit);
}

void PostgresEventQueue::watch(EventWatch changed) noexcept { impl_->watch(std::move(changed)); }

void PostgresEventQueue::peek(EventPeek request,
                              EventCallback<std::vector<EventDelivery>> done) noexcept {
  impl_->submit<postgres::PeekCall>(validate(request), done, std::move(request));
}

void PostgresEventQueue::count(EventFilter filter, EventCallback<EventCounts> done) noexcept {
  impl_->submit<postgres::CountCall>(validate(filter), done, std::move(filter));
}

void PostgresEventQueue::replay(EventFilter filter, std::uint32_t limit,
                                EventCallback<std::uint64_t> done) noexcept {
  impl_->submit<postgres::ReplayCall>(adapters::check_filtered(filter, limit), done,
                                      std::move(filter), limit);
}

void PostgresEventQueue::bury(EventFilter filter, std::string reason, std::uint32_t limit,
                              std::function<std::string(const EventDelivery&)> completion,
                              EventCallback<std::uint64_t> done) noexcept {
  impl_->submit<postgres::BuryCall>(adapters::check_bury(filter, reason, limit), done,
                                    std::move(filter), std::move(reason), limit,
                                    std::move(completion));
}

void PostgresEventQueue::purge(EventFilter filter, bool dead, std::uint32_t limit,
                               EventCallback<std::uint64_t> done) noexcept {
  impl_->submit<postgres::PurgeRowsCall>(adapters::check_filtered(filter, limit), done,
                                         std::move(filter), dead, limit);
}

void PostgresEventQueue::erase(std::string tenant, std::uint32_t limit,
                               EventCallback<std::uint64_t> done) noexcept {
  impl_->submit<postgres::EraseTenantCall>(adapters::check_erase(tenant, limit), done,
                                           std::move(tenant), limit);
}

void PostgresEventQueue::completions(std::string after, std::uint32_t limit,
                                     EventCallback<EventCompletionPage> done) noexcept {
  Result<void> checked = adapters::check_event_limit(limit);
  const Result<postgres::CompletionPlace> place = postgres::completion_at(after);
  if (checked && !place) checked = place.error();
  impl_->submit<postgres::CompletionsCall>(
      checked, done, place ? *place : postgres::CompletionPlace(), std::move(after), limit);
}

void PostgresEventQueue::forget_completions(EventTime before, std::uint32_t limit,
                                            EventCallback<std::uint64_t> done) noexcept {
  impl_->submit<postgres::ForgetCall>(adapters::check_event_limit(limit), done, before, limit);
}

void PostgresEventQueue::write_records(std::vector<EventRecordWrite> writes,
                                       EventCallback<EventEnqueued> done) noexcept {
  const Result<void> checked = validate(writes);
  if (!checked) return postgres::deliver(done, Error(checked.error()));
  std::vector<EventEnqueue> units;
  EventCallback<std::vector<EventEnqueued>> all;
  try {
    units.resize(1);
    all = [done](Result<std::vector<EventEnqueued>> answer) {
      answer ? done(std::move(answer->front())) : done(std::move(answer).error());
    };
  } catch (const std::exception&) {
    return postgres::deliver(done, Error{ErrorCode::kResourceExhausted, "out of memory"});
  }
  units.front().records = std::move(writes);
  impl_->submit<postgres::EnqueueCall>(checked, all, std::move(units),
                                       postgres::EnqueueCall::Ids::kRecords);
}

void PostgresEventQueue::read_records(std::string kind, std::optional<std::string> tenant,
                                      std::string after, std::uint32_t limit,
                                      EventCallback<std::vector<EventRecord>> done) noexcept {
  impl_->submit<postgres::RecordsCall>(adapters::check_records_page(kind, limit), done,
                                       std::move(kind), std::move(tenant), std::move(after), limit);
}

void PostgresEventQueue::due_records(std::string kind, std::uint32_t limit,
                                     EventCallback<std::vector<EventRecord>> done) noexcept {
  impl_->submit<postgres::DueRecordsCall>(adapters::check_records_page(kind, limit), done,
                                          std::move(kind), limit);
}

}  // namespace v1
}  // namespace sublet
