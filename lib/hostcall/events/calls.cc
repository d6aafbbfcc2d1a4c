// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/calls.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "hostcall/events/answers.h"

namespace sublet::hostcall {
namespace {

// Dry run of the limit still bounds what one invocation may make the host keep.
constexpr std::size_t kMostPublished = 100'000;

EventCallback<Schedule> schedule_answer(std::string_view called, AnswerReply reply) {
  return [called, reply = std::move(reply)](Result<Schedule> kept) {
    reply(kept ? CheckedAnswer{.ok = true, .text = to_json(*kept)}
               : refuse_call(called, kept.error()));
  };
}

EventCallback<bool> flag_answer(std::string_view called, AnswerReply reply) {
  return [called, reply = std::move(reply)](Result<bool> flag) {
    reply(flag ? answer_flag(*flag) : refuse_call(called, flag.error()));
  };
}

const Schedule* find(const std::vector<Schedule>& schedules, std::string_view name) {
  const auto found = std::find_if(schedules.begin(), schedules.end(),
                                  [&](const Schedule& each) { return each.name == name; });
  return found == schedules.end() ? nullptr : &*found;
}

// Without what is only answered.
Schedule as_given(Schedule schedule) {
  schedule.from_manifest = false;
  schedule.next_at.reset();
  schedule.last_at.reset();
  return schedule;
}

}  // namespace

EventCalls::EventCalls(Setup setup) : setup_(std::move(setup)) {}

EventTime EventCalls::now() const {
  if (access().calendar) return access().calendar();
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::optional<CheckedAnswer> EventCalls::admit(std::string_view called, std::size_t count) {
  const std::uint32_t limit = access().max_published;
  base::MutexLock lock(mutex_);
  const bool many = count_ + count > limit;
  if (many) passed_ = passed_ | Limit::kEvents;
  if ((many && !contains(setup_.dry_run, Limit::kEvents)) || count_ + count > kMostPublished) {
    exceeded_ = true;
    return refuse_call(called, "too_many",
                       "the limit of " + std::to_string(limit) + " is reached (max_published)");
  }
  count_ += static_cast<std::uint32_t>(count);
  return std::nullopt;
}

void EventCalls::publish(std::vector<Publication> publications, bool several, AnswerReply reply) {
  for (Publication& each : publications) {
    each.trace_parent = setup_.trace_parent;
    each.trace_state = setup_.trace_state;
  }
  const auto by =
      events::PublishedBy{events::Source::kExtension, access().extension, setup_.causes};
  const auto done = [self = shared_from_this(), several,
                     reply = std::move(reply)](Result<std::vector<PublishReceipt>> receipts) {
    const std::string_view called = several ? "events.publishMany" : "events.publish";
    if (!receipts) return reply(refuse_call(called, receipts.error()));
    if (!several) self->note(*receipts);
    reply(answer_receipts(called, *receipts, several));
  };
  access().publisher->publish(std::move(publications), by, done);
}

void EventCalls::note(const std::vector<PublishReceipt>& receipts) {
  const bool throttled = std::any_of(
      receipts.begin(), receipts.end(),
      [](const PublishReceipt& receipt) { return receipt.status == PublishStatus::kThrottled; });
  base::MutexLock lock(mutex_);
  throttled_ = throttled_ || throttled;
}

void EventCalls::create(Schedule schedule, AnswerReply reply) {
  access().scheduler->create_one(std::move(schedule),
                                 schedule_answer("schedule.create", std::move(reply)));
}

// Two at once: the later one's changes may be made to what was there before the first one.
void EventCalls::update(ScheduleChanges changes, AnswerReply reply) {
  const auto listed = [self = shared_from_this(), changes = std::move(changes),
                       reply = std::move(reply)](Result<std::vector<Schedule>> schedules) {
    constexpr std::string_view kCalled = "schedule.update";
    if (!schedules) return reply(refuse_call(kCalled, schedules.error()));
    const Schedule* found = find(*schedules, changes.name);
    if (found == nullptr) return reply(refuse_call(kCalled, "not_found", "there is none so named"));
    Schedule changed = as_given(*found);
    const Result<void> applied = apply_changes(changes.members, changed);
    if (!applied) return reply(refuse_call(kCalled, applied.error()));
    self->access().scheduler->update_one(std::move(changed), schedule_answer(kCalled, reply));
  };
  access().scheduler->list(access().tenant, access().extension, listed);
}

void EventCalls::remove(std::string name, AnswerReply reply) {
  access().scheduler->remove(access().tenant, access().extension, std::move(name),
                             flag_answer("schedule.delete", std::move(reply)));
}

void EventCalls::get(std::string name, AnswerReply reply) {
  const auto listed = [name = std::move(name),
                       reply = std::move(reply)](Result<std::vector<Schedule>> schedules) {
    if (!schedules) return reply(refuse_call("schedule.get", schedules.error()));
    const Schedule* found = find(*schedules, name);
    reply({.ok = true, .text = found == nullptr ? std::string() : to_json(*found)});
  };
  access().scheduler->list(access().tenant, access().extension, listed);
}

void EventCalls::list(AnswerReply reply) {
  const auto listed = [most = setup_.most_answered,
                       reply = std::move(reply)](Result<std::vector<Schedule>> schedules) {
    constexpr std::string_view kCalled = "schedule.list";
    reply(schedules ? answer_schedules(kCalled, *schedules, most)
                    : refuse_call(kCalled, schedules.error()));
  };
  access().scheduler->list(access().tenant, access().extension, listed);
}

void EventCalls::url(std::string name, AnswerReply reply) {
  const auto made = [reply = std::move(reply)](Result<std::string> url) {
    reply(url ? answer_text(*url) : refuse_call("webhooks.url", url.error()));
  };
  access().webhooks->url(access().tenant, access().extension, std::move(name), made);
}

void EventCalls::revoke(std::string name, AnswerReply reply) {
  access().webhooks->revoke(access().tenant, access().extension, std::move(name),
                            flag_answer("webhooks.revoke", std::move(reply)));
}

std::uint32_t EventCalls::left() const {
  base::MutexLock lock(mutex_);
  return access().max_published - std::min(count_, access().max_published);
}

std::optional<Outcome> EventCalls::outcome() const {
  base::MutexLock lock(mutex_);
  if (exceeded_) return Outcome::kExceededHostCalls;
  return throttled_ ? std::optional(Outcome::kThrottled) : std::nullopt;
}

void EventCalls::add_to(Usage& usage) const {
  base::MutexLock lock(mutex_);
  usage.events_published = count_;
  usage.limits_exceeded |= passed_;
}

}  // namespace sublet::hostcall
