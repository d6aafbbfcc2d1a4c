// SPDX-License-Identifier: Apache-2.0
#include "events/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "events/declared_schedules.h"
#include "events/reply.h"
#include "events/schedule_runner.h"
#include "events/schedule_store.h"

namespace sublet::events {
namespace {

using Status = EventEnqueued::Status;
// Where others change the same schedule at the same time.
constexpr int kMostTries = 8;

class RecordScheduler final : public Scheduler,
                              public std::enable_shared_from_this<RecordScheduler> {
 public:
  RecordScheduler(const Setup& setup, std::shared_ptr<Publisher> publisher)
      : setup_(setup),
        store_(setup.queue),
        runner_(std::make_shared<ScheduleRunner>(setup, std::move(publisher))) {}

  void start() override { runner_->start(); }
  void stop() noexcept override { runner_->stop(); }

  void create_one(Schedule schedule, EventCallback<Schedule> done) noexcept override {
    with_reply(done, [&](const Reply<Schedule>& reply) {
      if (Result<void> fits = check(schedule); !fits) return reply(fits.error());
      KeptSchedule kept;
      kept.schedule = std::move(schedule);
      kept.schedule.from_manifest = false;
      kept.schedule.last_at.reset();
      if (Result<void> begun = begin_schedule(kept, setup_.calendar()); !begun) {
        return reply(begun.error());
      }
      put(std::move(kept), reply, [reply](const std::string& name) {
        reply(Error{ErrorCode::kAlreadyExists, fmt::format("schedule {} is there already", name)});
      });
    });
  }

  void update_one(Schedule schedule, EventCallback<Schedule> done) noexcept override {
    with_reply(done, [&](const Reply<Schedule>& reply) {
      if (Result<void> fits = check(schedule); !fits) return reply(fits.error());
      update(schedule, kMostTries, reply);
    });
  }

  void remove(std::string tenant, std::string extension, std::string name,
              EventCallback<bool> done) noexcept override {
    with_reply(done, [&](const Reply<bool>& reply) {
      Schedule schedule;
      schedule.tenant = std::move(tenant);
      schedule.extension = std::move(extension);
      schedule.name = std::move(name);
      remove(schedule, kMostTries, reply);
    });
  }

  void list(std::string tenant, std::string extension,
            EventCallback<std::vector<Schedule>> done) noexcept override {
    with_reply(done, [&](const Reply<std::vector<Schedule>>& reply) {
      store_.all(tenant, extension, [reply](Result<std::vector<KeptSchedule>> found) {
        reply.guard([&] {
          if (!found) return reply(found.error());
          std::vector<Schedule> schedules;
          for (KeptSchedule& kept : *found) schedules.push_back(std::move(kept.schedule));
          std::sort(schedules.begin(), schedules.end(), [](const Schedule& a, const Schedule& b) {
            return std::tie(a.extension, a.name) < std::tie(b.extension, b.name);
          });
          reply(std::move(schedules));
        });
      });
    });
  }

  void set_declared(std::string tenant, std::string extension, std::vector<Schedule> declared,
                    EventCallback<bool> done) noexcept override {
    with_reply(done, [&](const Reply<bool>& reply) {
      // The first install of a tenant comes before anything is known of it.
      const auto known = setup_.directory->policy(tenant);
      const EventPolicy policy = known == nullptr ? EventPolicy() : known->events;
      for (Schedule& schedule : declared) {
        schedule.tenant = tenant;
        schedule.extension = extension;
        schedule.from_manifest = true;
        if (auto fits = policy::check_schedule(schedule, policy); !fits) {
          return reply(fits.error());
        }
      }
      replace_declared(Declared{tenant, extension, std::move(declared), policy.max_schedules},
                       kMostTries, reply);
    });
  }

  void remove_all(std::string tenant, std::string extension,
                  EventCallback<bool> done) noexcept override {
    with_reply(done, [&](const Reply<bool>& reply) {
      store_.all(
          tenant, extension,
          [self = shared_from_this(), reply](const Result<std::vector<KeptSchedule>>& found) {
            reply.guard([&] {
              if (!found) return reply(found.error());
              std::vector<EventRecordWrite> writes;
              for (const KeptSchedule& kept : *found) {
                writes.push_back(schedule_removal(kept));
                writes.back().expected.reset();
              }
              const bool any = !writes.empty();
              self->store_.write(std::move(writes),
                                 [reply, any](const Result<EventEnqueued>& answer) {
                                   if (!answer) return reply(answer.error());
                                   reply(any);
                                 });
            });
          });
    });
  }

 private:
  static Error unknown(const std::string& tenant) {
    return {ErrorCode::kNotFound, fmt::format("tenant \"{}\" is not known", tenant)};
  }

  Result<void> check(const Schedule& schedule) const {
    const auto policy = setup_.directory->policy(schedule.tenant);
    if (policy == nullptr) return unknown(schedule.tenant);
    if (auto fits = policy::check_schedule(schedule, policy->events); !fits) return fits;
    if (setup_.directory->rules({schedule.tenant, schedule.extension, schedule.event})) return {};
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("event \"{}\" is none that extension \"{}\" listens to",
                             schedule.event, schedule.extension)};
  }

  // `conflict` is called with the name where the record is of another version.
  template <typename Conflict>
  void put(KeptSchedule kept, const Reply<Schedule>& reply, Conflict conflict) {
    Result<EventRecordWrite> write = schedule_write(kept);
    if (!write) return reply(std::move(write).error());
    const auto policy = setup_.directory->policy(kept.schedule.tenant);
    const std::uint32_t most = policy == nullptr ? 0 : policy->events.max_schedules;
    write->max_in_tenant = most;
    std::vector<EventRecordWrite> writes;
    writes.push_back(*std::move(write));
    store_.write(std::move(writes),
                 [self = shared_from_this(), reply, conflict, most,
                  schedule = std::move(kept.schedule)](const Result<EventEnqueued>& answer) {
                   reply.guard([&] {
                     if (!answer) return reply(answer.error());
                     if (answer->status == Status::kConflict) return conflict(schedule.name);
                     if (answer->status == Status::kOverCount) return reply(too_many(most));
                     if (schedule.next_at) self->runner_->expect(*schedule.next_at);
                     reply(schedule);
                   });
                 });
  }

  void update(const Schedule& schedule, int tries, const Reply<Schedule>& reply) {
    store_.find(schedule.tenant, schedule.extension, schedule.name,
                [self = shared_from_this(), schedule, tries,
                 reply](Result<std::optional<KeptSchedule>> found) {
                  reply.guard([&] {
                    if (!found) return reply(found.error());
                    if (!*found) return reply(no_such(schedule.name));
                    self->change(**std::move(found), schedule, tries, reply);
                  });
                });
  }

  void change(KeptSchedule kept, const Schedule& schedule, int tries,
              const Reply<Schedule>& reply) {
    Schedule changed = schedule;
    changed.from_manifest = kept.schedule.from_manifest;
    changed.last_at = kept.schedule.last_at;
    changed.next_at = kept.schedule.next_at;
    const bool anew = !same_times(changed, kept.schedule);
    kept.schedule = std::move(changed);
    if (anew) {
      Result<void> begun = begin_schedule(kept, setup_.calendar());
      if (!begun) return reply(begun.error());
    }
    put(std::move(kept), reply,
        [self = shared_from_this(), schedule, tries, reply](const std::string&) {
          if (tries <= 1) return reply(busy());
          self->update(schedule, tries - 1, reply);
        });
  }

  void remove(const Schedule& schedule, int tries, const Reply<bool>& reply) {
    store_.find(schedule.tenant, schedule.extension, schedule.name,
                [self = shared_from_this(), schedule, tries,
                 reply](const Result<std::optional<KeptSchedule>>& found) {
                  reply.guard([&] {
                    if (!found) return reply(found.error());
                    if (!*found) return reply(false);
                    self->store_.write(
                        {schedule_removal(**found)},
                        [self, schedule, tries, reply](const Result<EventEnqueued>& answer) {
                          reply.guard([&] {
                            if (!answer) return reply(answer.error());
                            if (answer->status == Status::kEnqueued) return reply(true);
                            if (tries <= 1) return reply(busy());
                            self->remove(schedule, tries - 1, reply);
                          });
                        });
                  });
                });
  }

  void replace_declared(const Declared& declared, int tries, const Reply<bool>& reply) {
    store_.all(declared.tenant, declared.extension,
               [self = shared_from_this(), declared, tries,
                reply](const Result<std::vector<KeptSchedule>>& found) {
                 reply.guard([&] {
                   if (!found) return reply(found.error());
                   self->write_declared(declared, *found, tries, reply);
                 });
               });
  }

  void write_declared(const Declared& declared, const std::vector<KeptSchedule>& found, int tries,
                      const Reply<bool>& reply) {
    Result<std::vector<EventRecordWrite>> writes =
        declared_writes(declared, found, setup_.calendar());
    if (!writes) return reply(std::move(writes).error());
    const bool any = !writes->empty();
    for (const EventRecordWrite& write : *writes) {
      if (write.due_at) runner_->expect(*write.due_at);
    }
    store_.write(*std::move(writes), [self = shared_from_this(), declared, tries, any,
                                      reply](const Result<EventEnqueued>& answer) {
      reply.guard([&] {
        if (!answer) return reply(answer.error());
        if (answer->status == Status::kEnqueued) return reply(any);
        if (answer->status == Status::kOverCount) return reply(too_many(declared.most));
        if (tries <= 1) return reply(busy());
        self->replace_declared(declared, tries - 1, reply);
      });
    });
  }

  static Error too_many(std::uint32_t most) {
    return {ErrorCode::kResourceExhausted,
            fmt::format("the tenant has {} schedules; EventPolicy::max_schedules allows no more",
                        most)};
  }
  static Error no_such(const std::string& name) {
    return {ErrorCode::kNotFound, fmt::format("schedule \"{}\" is not there", name)};
  }
  static Error busy() {
    return {ErrorCode::kUnavailable, "the schedule is being changed by others; try again later"};
  }

  const Setup setup_;
  const ScheduleStore store_;
  const std::shared_ptr<ScheduleRunner> runner_;
};

}  // namespace

std::shared_ptr<Scheduler> Scheduler::create(const Setup& setup,
                                             std::shared_ptr<Publisher> publisher) {
  return std::make_shared<RecordScheduler>(setup, std::move(publisher));
}

}  // namespace sublet::events
