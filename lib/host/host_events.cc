// SPDX-License-Identifier: Apache-2.0
#include "host/host_events.h"

#include <algorithm>
#include <utility>

#include "events/delivery_info.h"
#include "host/await.h"
#include "policy/names.h"

namespace sublet {
inline namespace v1 {
namespace {

// Of a call that takes as many as fit: so many at a time.
constexpr std::uint32_t kPage = 500;

// Calls `take` until it has taken all.
template <typename Take>
Result<std::uint64_t> take_all(const Take& take) {
  std::uint64_t all = 0;
  while (true) {
    const auto taken = host::await<std::uint64_t>(take);
    if (!taken) return taken.error();
    all += *taken;
    if (*taken < kPage) return all;
  }
}

}  // namespace

HostEvents::HostEvents(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HostEvents::~HostEvents() = default;

Result<std::vector<DeliveryInfo>> HostEvents::deliveries(const EventPeek& request) const {
  using Page = std::vector<EventDelivery>;
  if (auto may = impl_->may_wait("deliveries()"); !may) return may.error();
  auto page = host::await<Page>(
      [&](EventCallback<Page> done) { impl_->queue().peek(request, std::move(done)); });
  if (!page) return page.error();
  std::vector<DeliveryInfo> infos;
  for (EventDelivery& delivery : *page) infos.push_back(events::to_info(std::move(delivery)));
  return infos;
}

Result<EventCounts> HostEvents::count(const EventFilter& filter) const {
  if (auto may = impl_->may_wait("count()"); !may) return may.error();
  return host::await<EventCounts>(
      [&](EventCallback<EventCounts> done) { impl_->queue().count(filter, std::move(done)); });
}

Result<std::uint64_t> HostEvents::replay(const EventFilter& filter) {
  if (auto may = impl_->may_wait("replay()"); !may) return may.error();
  // Those that die again meanwhile are not taken again.
  const Result<EventCounts> there = count(filter);
  if (!there) return there.error();
  std::uint64_t replayed = 0;
  while (replayed < there->dead) {
    const auto page = std::min<std::uint64_t>(kPage, there->dead - replayed);
    const auto taken = host::await<std::uint64_t>([&](EventCallback<std::uint64_t> done) {
      impl_->queue().replay(filter, static_cast<std::uint32_t>(page), std::move(done));
    });
    if (!taken) return taken.error();
    replayed += *taken;
    if (*taken < page) break;
  }
  impl_->service().listeners_changed();
  return replayed;
}

Result<std::uint64_t> HostEvents::bury(const EventFilter& filter, std::string_view reason) {
  if (auto may = impl_->may_wait("bury()"); !may) return may.error();
  return impl_->service().bury(filter, std::string(reason));
}

Result<std::uint64_t> HostEvents::purge(const EventFilter& filter, bool dead) {
  if (auto may = impl_->may_wait("purge()"); !may) return may.error();
  return take_all([&](EventCallback<std::uint64_t> done) {
    impl_->queue().purge(filter, dead, kPage, std::move(done));
  });
}

Result<std::uint64_t> HostEvents::erase(std::string_view tenant) {
  if (auto may = impl_->may_wait("erase()"); !may) return may.error();
  if (auto name = policy::check_tenant_id("tenant", tenant); !name) return name.error();
  if (auto forgotten = impl_->service().forget_addresses(tenant); !forgotten) {
    return forgotten.error();
  }
  return take_all([&](EventCallback<std::uint64_t> done) {
    impl_->queue().erase(std::string(tenant), kPage, std::move(done));
  });
}

Result<DeliveryRecordPage> HostEvents::records(std::string_view after, std::uint32_t limit) const {
  if (auto may = impl_->may_wait("records()"); !may) return may.error();
  return host::await<DeliveryRecordPage>([&](EventCallback<DeliveryRecordPage> done) {
    impl_->service().records().page(std::string(after), limit, std::move(done));
  });
}

Result<void> HostEvents::subscribe(std::string name,
                                   std::function<void(const DeliveryRecord&)> told) {
  if (auto may = impl_->may_wait("subscribe()"); !may) return may;
  return impl_->service().subscribe(std::move(name), std::move(told));
}

bool HostEvents::unsubscribe(const std::string& name) noexcept {
  return impl_->service().available() && impl_->service().records().unsubscribe(name);
}

Result<void> HostEvents::control(EventControl control) {
  if (auto may = impl_->may_wait("control()"); !may) return may.error();
  const auto applied = host::await<bool>([&](EventCallback<bool> done) {
    impl_->service().controls().apply(std::move(control), std::move(done));
  });
  if (!applied) return applied.error();
  impl_->service().listeners_changed();
  return {};
}

Result<bool> HostEvents::lift(const EventScope& scope, EventAction action) {
  if (auto may = impl_->may_wait("lift()"); !may) return may.error();
  auto lifted = host::await<bool>([&](EventCallback<bool> done) {
    impl_->service().controls().lift(scope, action, std::move(done));
  });
  impl_->service().listeners_changed();
  return lifted;
}

std::vector<EventControl> HostEvents::controls() const {
  if (!impl_->service().available()) return {};
  return impl_->service().controls().all();
}

Result<Schedule> HostEvents::create_schedule(Schedule schedule) {
  if (auto may = impl_->may_wait("create_schedule()"); !may) return may.error();
  return host::await<Schedule>([&](EventCallback<Schedule> done) {
    impl_->service().scheduler().create_one(std::move(schedule), std::move(done));
  });
}

Result<Schedule> HostEvents::update_schedule(Schedule schedule) {
  if (auto may = impl_->may_wait("update_schedule()"); !may) return may.error();
  return host::await<Schedule>([&](EventCallback<Schedule> done) {
    impl_->service().scheduler().update_one(std::move(schedule), std::move(done));
  });
}

Result<bool> HostEvents::remove_schedule(std::string_view tenant, std::string_view extension,
                                         std::string_view name) {
  if (auto may = impl_->may_wait("remove_schedule()"); !may) return may.error();
  return host::await<bool>([&](EventCallback<bool> done) {
    impl_->service().scheduler().remove(std::string(tenant), std::string(extension),
                                        std::string(name), std::move(done));
  });
}

Result<std::vector<Schedule>> HostEvents::schedules(std::string_view tenant,
                                                    std::string_view extension) const {
  using List = std::vector<Schedule>;
  if (auto may = impl_->may_wait("schedules()"); !may) return may.error();
  return host::await<List>([&](EventCallback<List> done) {
    impl_->service().scheduler().list(std::string(tenant), std::string(extension), std::move(done));
  });
}

Result<std::string> HostEvents::webhook_url(std::string_view tenant, std::string_view extension,
                                            std::string_view webhook) {
  if (auto may = impl_->may_wait("webhook_url()"); !may) return may.error();
  return host::await<std::string>([&](EventCallback<std::string> done) {
    impl_->service().webhooks().url(std::string(tenant), std::string(extension),
                                    std::string(webhook), std::move(done));
  });
}

Result<bool> HostEvents::revoke_webhook(std::string_view tenant, std::string_view extension,
                                        std::string_view webhook) {
  if (auto may = impl_->may_wait("revoke_webhook()"); !may) return may.error();
  return host::await<bool>([&](EventCallback<bool> done) {
    impl_->service().webhooks().revoke(std::string(tenant), std::string(extension),
                                       std::string(webhook), std::move(done));
  });
}

EventStats HostEvents::stats() const {
  EventStats stats;
  if (!impl_->service().available()) return stats;
  const events::PumpFigures figures = impl_->service().pump().figures();
  stats.under_way = figures.under_way;
  stats.begun = figures.begun;
  stats.done = figures.done;
  stats.retried = figures.retried;
  stats.dead = figures.dead;
  stats.released = figures.released;
  stats.lost = figures.lost;
  stats.members = impl_->service().members().all();
  return stats;
}

}  // namespace v1
}  // namespace sublet
