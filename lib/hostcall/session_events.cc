// SPDX-License-Identifier: Apache-2.0
// The part of a session that is `events`, `schedule` and `webhooks`.
#include <array>
#include <utility>

#include "base/utf8.h"
#include "hostcall/await_reply.h"
#include "hostcall/events/answers.h"
#include "hostcall/events/arguments.h"
#include "hostcall/events/calls.h"
#include "hostcall/host_call_session.h"

namespace sublet::hostcall {
namespace {

using engine::HostCallStart;

constexpr std::string_view kPublish = "events.publish";
constexpr std::string_view kPublishMany = "events.publishMany";

// A call with one name as its argument.
struct NamedCall {
  std::string_view called;
  void (EventCalls::*start)(std::string name, AnswerReply reply);
};
constexpr std::array<NamedCall, 4> kNamedCalls = {{
    {"schedule.delete", &EventCalls::remove},
    {"schedule.get", &EventCalls::get},
    {"webhooks.url", &EventCalls::url},
    {"webhooks.revoke", &EventCalls::revoke},
}};

}  // namespace

bool HostCallSession::is_event_call(std::string_view name) {
  return name.starts_with("events.") || name.starts_with("schedule.") ||
         name.starts_with("webhooks.");
}

HostCallStart HostCallSession::call_events(std::string_view name, std::string_view arguments) {
  if (setup_.events == nullptr) {
    const std::string_view called = base::cut_utf8(name, kShownName);
    return started(refuse_call(called, "no_event_queue", "this host has no event queue"));
  }
  if (name == kPublish || name == kPublishMany) {
    return call_publish(name == kPublish ? kPublish : kPublishMany, arguments);
  }
  if (name.starts_with("schedule.") && name != "schedule.delete" && name != "schedule.get") {
    return call_schedule(name, arguments);
  }
  for (const NamedCall& call : kNamedCalls) {
    if (call.called != name) continue;
    Result<std::string> read = read_name(arguments);
    if (!read) return started(refuse_call(name, read.error()));
    const std::shared_ptr<EventCalls> calls = events();
    return await_reply(true, [&](AnswerReply reply) {
      (calls.get()->*call.start)(std::move(read).value(), std::move(reply));
    });
  }
  return refused(std::string(base::cut_utf8(name, kShownName)) +
                 " is not a capability of this host");
}

HostCallStart HostCallSession::call_publish(std::string_view called, std::string_view arguments) {
  const std::shared_ptr<EventCalls> calls = events();
  const bool several = called == kPublishMany;
  Result<std::vector<Publication>> read =
      read_publications(arguments, several, calls->access(), calls->now());
  if (!read) return started(refuse_call(called, read.error()));
  if (read->empty()) return {HostCallStart::Kind::kAnswered, 0, "[]"};
  if (auto refusal = calls->admit(called, read->size())) return started(*std::move(refusal));
  return await_reply(true, [&](AnswerReply reply) {
    calls->publish(std::move(read).value(), several, std::move(reply));
  });
}

HostCallStart HostCallSession::call_schedule(std::string_view name, std::string_view arguments) {
  const std::shared_ptr<EventCalls> calls = events();
  if (name == "schedule.list") {
    return await_reply(true, [&](AnswerReply reply) { calls->list(std::move(reply)); });
  }
  if (name == "schedule.create") {
    Result<Schedule> read = read_schedule(arguments, calls->access());
    if (!read) return started(refuse_call(name, read.error()));
    return await_reply(
        true, [&](AnswerReply reply) { calls->create(std::move(read).value(), std::move(reply)); });
  }
  if (name == "schedule.update") {
    Result<ScheduleChanges> read = read_changes(arguments);
    if (!read) return started(refuse_call(name, read.error()));
    return await_reply(
        true, [&](AnswerReply reply) { calls->update(std::move(read).value(), std::move(reply)); });
  }
  return refused(std::string(base::cut_utf8(name, kShownName)) +
                 " is not a capability of this host");
}

std::shared_ptr<EventCalls> HostCallSession::events() {
  base::MutexLock lock(mutex_);
  if (!events_) {
    const Limits& limits = *setup_.limits;
    EventCalls::Setup setup;
    setup.access = setup_.events;
    setup.dry_run = limits.dry_run;
    if (setup_.causes != nullptr) setup.causes = *setup_.causes;
    setup.causes.emplace_back(setup_.event_id);
    setup.trace_parent = setup_.trace_parent;
    setup.trace_state = setup_.trace_state;
    const bool counted = limits.enforcement(Limit::kResult) == Enforcement::kDryRun;
    setup.most_answered = counted ? UINT64_MAX : limits.result.count;
    events_ = std::make_shared<EventCalls>(std::move(setup));
  }
  return events_;
}

}  // namespace sublet::hostcall
