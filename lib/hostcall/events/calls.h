// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "hostcall/answer_check.h"
#include "hostcall/events/access.h"
#include "hostcall/events/arguments.h"
#include "sublet/invocation.h"

namespace sublet::hostcall {

// What one invocation does with durable events. Thread-safe; answers come on any thread, also after
// the invocation has ended: what was published stays so, and only the answer is dropped.
class EventCalls : public std::enable_shared_from_this<EventCalls> {
 public:
  struct Setup {
    std::shared_ptr<const EventAccess> access;
    LimitSet dry_run = 0;
    std::vector<std::string> causes;  // of what it publishes
    std::string trace_parent;
    std::string trace_state;
    std::uint64_t most_answered = 0;  // bytes of one answer
  };

  explicit EventCalls(Setup setup);

  const EventAccess& access() const noexcept { return *setup_.access; }
  EventTime now() const;

  // Counts so many more; else the refusal.
  std::optional<CheckedAnswer> admit(std::string_view called, std::size_t count)
      SUBLET_EXCLUDES(mutex_);
  // Publishes what was admitted. The reply comes on any thread, or inside; likewise all others.
  void publish(std::vector<Publication> publications, bool several, AnswerReply reply);

  void create(Schedule schedule, AnswerReply reply);
  void update(ScheduleChanges changes, AnswerReply reply);
  void remove(std::string name, AnswerReply reply);
  void get(std::string name, AnswerReply reply);
  void list(AnswerReply reply);
  void url(std::string name, AnswerReply reply);
  void revoke(std::string name, AnswerReply reply);

  std::uint32_t left() const SUBLET_EXCLUDES(mutex_);
  // How an invocation ends that lets a refusal for a limit pass.
  std::optional<Outcome> outcome() const SUBLET_EXCLUDES(mutex_);
  void add_to(Usage& usage) const SUBLET_EXCLUDES(mutex_);

 private:
  void note(const std::vector<PublishReceipt>& receipts) SUBLET_EXCLUDES(mutex_);

  const Setup setup_;
  mutable base::Mutex mutex_;
  std::uint32_t count_ SUBLET_GUARDED_BY(mutex_) = 0;
  LimitSet passed_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool exceeded_ SUBLET_GUARDED_BY(mutex_) = false;
  bool throttled_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::hostcall
