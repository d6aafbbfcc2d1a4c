// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/sqlite_event_queue.h"

#include <exception>
#include <utility>

#include "adapters/event_queue/checks.h"
#include "adapters/sqlite/events/calls.h"
#include "adapters/sqlite/events/options_check.h"
#include "adapters/sqlite/events/side.h"
#include "adapters/sqlite/events/watcher.h"
#include "adapters/sqlite/store_of.h"
#include "base/own_thread.h"

namespace sublet {
inline namespace v1 {

namespace events = adapters::sqlite::events;
using adapters::sqlite::deliver_error;
using adapters::sqlite::error_of;
using Store = adapters::sqlite::StoreOf<events::Side>;
using Take = events::TakeRequest;

class SqliteEventQueue::Impl {
 public:
  explicit Impl(const SqliteEventQueueOptions& options)
      : watcher_(std::make_shared<events::Watcher>()),
        store_(Store::open(options, [watcher = watcher_](events::Writes& writes) {
          try {
            watcher->tell(writes.take_woken());
          } catch (...) {  // no memory, or a callback that throws: watchers poll, too
          }
        })) {}
  ~Impl() { store_->close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  events::Watcher& watcher() { return *watcher_; }
  Store& store() { return *store_; }

  // Hands a call on, or answers at once where `check` finds that it is out of bounds.
  template <typename Call, typename Check>
  void submit(Call call, Check&& check) noexcept {
    using Calls = std::conditional_t<std::is_constructible_v<events::WriteCall, Call>,
                                     events::WriteCall, events::ReadCall>;
    Calls calls(std::move(call));
    try {
      if (const Result<void> valid = check(std::get<Call>(calls).request); !valid) {
        return deliver_error(calls, valid.error());
      }
    } catch (...) {
      return deliver_error(calls, error_of(std::current_exception()));
    }
    store_->push(std::move(calls));
  }

 private:
  const std::shared_ptr<events::Watcher> watcher_;
  const std::shared_ptr<Store> store_;
};

namespace {

Result<void> check_limit(const auto& request) { return adapters::check_event_limit(request.limit); }

Result<void> check_records(const auto& request) {
  return adapters::check_records_page(request.kind, request.limit);
}

Result<void> check_take(const Take& request) {
  return request.kind == Take::Kind::kBury
             ? adapters::check_bury(request.filter, request.reason, request.limit)
             : adapters::check_filtered(request.filter, request.limit);
}

}  // namespace

Result<std::shared_ptr<SqliteEventQueue>> SqliteEventQueue::open(SqliteEventQueueOptions options) {
  try {
    if (Result<void> checked = events::check(options); !checked) return checked.error();
    options.path = adapters::sqlite::plain_path(options.path);
    return std::shared_ptr<SqliteEventQueue>(new SqliteEventQueue(std::make_unique<Impl>(options)));
  } catch (...) {
    return error_of(std::current_exception());
  }
}

SqliteEventQueue::SqliteEventQueue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteEventQueue::~SqliteEventQueue() = default;

Result<void> SqliteEventQueue::backup(const std::filesystem::path& to) {
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition, "backup() waits; not from a callback"};
  }
  try {
    impl_->store().back_up(to);
    return {};
  } catch (...) {
    return error_of(std::current_exception());
  }
}

void SqliteEventQueue::watch(EventWatch changed) noexcept {
  try {
    impl_->watcher().set(std::move(changed));
  } catch (...) {  // no memory: a queue that cannot tell
  }
}

void SqliteEventQueue::enqueue(std::vector<EventEnqueue> units,
                               EventCallback<std::vector<EventEnqueued>> done) noexcept {
  impl_->submit(events::EnqueueCall{{std::move(units)}, std::move(done), {}},
                [](const auto& request) { return validate(request.units); });
}

void SqliteEventQueue::claim(EventClaim request,
                             EventCallback<std::vector<EventDelivery>> done) noexcept {
  impl_->submit(events::ClaimCall{std::move(request), std::move(done), {}},
                [](const EventClaim& claim) { return validate(claim); });
}

void SqliteEventQueue::extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
                              EventCallback<std::vector<bool>> done) noexcept {
  impl_->submit(events::ExtendCall{{std::move(leases), lease}, std::move(done), {}},
                [](const auto& request) {
                  return adapters::check_event_leases(request.leases, request.lease);
                });
}

void SqliteEventQueue::settle(std::vector<EventSettlement> settlements,
                              EventCallback<std::vector<bool>> done) noexcept {
  impl_->submit(events::SettleCall{std::move(settlements), std::move(done), {}},
                [](const auto& request) { return validate(request); });
}

void SqliteEventQueue::ready(std::string after, std::uint32_t limit,
                             EventCallback<EventReadyPage> done) noexcept {
  impl_->submit(events::ReadyCall{{std::move(after), limit}, std::move(done), {}},
                [](const auto& request) { return check_limit(request); });
}

void SqliteEventQueue::peek(EventPeek request,
                            EventCallback<std::vector<EventDelivery>> done) noexcept {
  impl_->submit(events::PeekCall{std::move(request), std::move(done), {}},
                [](const EventPeek& peek) { return validate(peek); });
}

void SqliteEventQueue::count(EventFilter filter, EventCallback<EventCounts> done) noexcept {
  impl_->submit(events::CountCall{std::move(filter), std::move(done), {}},
                [](const EventFilter& wanted) { return validate(wanted); });
}

void SqliteEventQueue::replay(EventFilter filter, std::uint32_t limit,
                              EventCallback<std::uint64_t> done) noexcept {
  Take request{Take::Kind::kReplay, std::move(filter), true, limit};
  impl_->submit(events::TakeCall{std::move(request), std::move(done), {}}, check_take);
}

void SqliteEventQueue::bury(EventFilter filter, std::string reason, std::uint32_t limit,
                            std::function<std::string(const EventDelivery&)> completion,
                            EventCallback<std::uint64_t> done) noexcept {
  Take request{Take::Kind::kBury, std::move(filter),    false, limit,
               std::move(reason), std::move(completion)};
  impl_->submit(events::TakeCall{std::move(request), std::move(done), {}}, check_take);
}

void SqliteEventQueue::purge(EventFilter filter, bool dead, std::uint32_t limit,
                             EventCallback<std::uint64_t> done) noexcept {
  Take request{Take::Kind::kPurge, std::move(filter), dead, limit};
  impl_->submit(events::TakeCall{std::move(request), std::move(done), {}}, check_take);
}

void SqliteEventQueue::erase(std::string tenant, std::uint32_t limit,
                             EventCallback<std::uint64_t> done) noexcept {
  impl_->submit(
      events::EraseCall{{std::move(tenant), limit}, std::move(done), {}},
      [](const auto& request) { return adapters::check_erase(request.tenant, request.limit); });
}

void SqliteEventQueue::completions(std::string after, std::uint32_t limit,
                                   EventCallback<EventCompletionPage> done) noexcept {
  impl_->submit(events::CompletionsCall{{std::move(after), limit}, std::move(done), {}},
                [](const auto& request) { return check_limit(request); });
}

void SqliteEventQueue::forget_completions(EventTime before, std::uint32_t limit,
                                          EventCallback<std::uint64_t> done) noexcept {
  impl_->submit(events::ForgetCall{{before, limit}, std::move(done), {}},
                [](const auto& request) { return check_limit(request); });
}

void SqliteEventQueue::write_records(std::vector<EventRecordWrite> writes,
                                     EventCallback<EventEnqueued> done) noexcept {
  impl_->submit(events::RecordsCall{std::move(writes), std::move(done), {}},
                [](const auto& request) { return validate(request); });
}

void SqliteEventQueue::read_records(std::string kind, std::optional<std::string> tenant,
                                    std::string after, std::uint32_t limit,
                                    EventCallback<std::vector<EventRecord>> done) noexcept {
  impl_->submit(
      events::ReadRecordsCall{
          {std::move(kind), std::move(tenant), std::move(after), limit}, std::move(done), {}},
      [](const auto& request) { return check_records(request); });
}

void SqliteEventQueue::due_records(std::string kind, std::uint32_t limit,
                                   EventCallback<std::vector<EventRecord>> done) noexcept {
  impl_->submit(events::DueRecordsCall{{std::move(kind), limit}, std::move(done), {}},
                [](const auto& request) { return check_records(request); });
}

}  // namespace v1
}  // namespace sublet
