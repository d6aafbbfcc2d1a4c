// SPDX-License-Identifier: Apache-2.0
#include "events/schedule_runner.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace sublet::events {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEach{1'000};
constexpr std::uint32_t kPage = 500;
constexpr std::size_t kMostExpected = 4'096;
constexpr std::size_t kMostTroubles = 4'096;
constexpr milliseconds kLastBackoff{60'000};
// Other processes look each second.
constexpr milliseconds kLeaveAlone{30'000};
constexpr milliseconds kPutOff{60'000};
constexpr milliseconds kAbsent = std::chrono::hours(24);

}  // namespace

void ScheduleRunner::start() {
  {
    const base::MutexLock lock(mutex_);
    if (std::exchange(started_, true)) return;
  }
  look();
}

void ScheduleRunner::stop() noexcept {
  const base::MutexLock lock(mutex_);
  started_ = false;
  if (timer_ != 0) setup_.timers->cancel(std::exchange(timer_, 0));
}

void ScheduleRunner::expect(EventTime due) noexcept {
  try {
    const base::MutexLock lock(mutex_);
    if (expected_.size() == kMostExpected) {
      if (due >= *expected_.rbegin()) return;
      expected_.erase(std::prev(expected_.end()));
    }
    const bool is_first = expected_.insert(due).first == expected_.begin();
    if (is_first && started_ && !looking_) arm();
  } catch (...) {  // no memory: it is found within a second all the same
  }
}

void ScheduleRunner::look() noexcept {
  {
    const base::MutexLock lock(mutex_);
    if (!started_ || std::exchange(looking_, true)) return;
    left_alone_before_.swap(left_alone_);
    left_alone_.clear();
  }
  try {
    setup_.queue->due_records(
        kScheduleKind, kPage,
        [self = weak_from_this()](const Result<std::vector<EventRecord>>& page) {
          if (const auto alive = self.lock()) alive->take(page);
        });
  } catch (...) {  // no memory: at the next look
    look_again(false);
  }
}

void ScheduleRunner::take(const Result<std::vector<EventRecord>>& page) noexcept {
  bool is_news = false;
  {
    const base::MutexLock lock(mutex_);
    is_news = std::exchange(queue_away_, !page.has_value()) != !page.has_value();
  }
  if (!page) {
    if (is_news) tell_fault(page.error());
    return look_again(false);
  }
  Looking looking;
  try {
    looking = std::make_shared<Look>();
    looking->runner = shared_from_this();
    const EventTime now = setup_.calendar();
    for (const EventRecord& record : *page) {
      ++looking->left;
      try {
        deal_with(record, now, looking);
      } catch (...) {  // no memory: at the next look
        finish(looking);
      }
    }
  } catch (...) {
    if (looking == nullptr) return look_again(false);
  }
  finish(looking);
}

void ScheduleRunner::deal_with(const EventRecord& record, EventTime now, const Looking& looking) {
  const Name name(record.tenant, record.name);
  if (is_in_trouble(name, now)) return finish(looking);
  std::optional<KeptSchedule> kept = read_schedule(record);
  const bool readable = kept && kept->schedule.next_at;
  const bool tenant_known = setup_.directory->policy(record.tenant) != nullptr;
  if (readable && tenant_known) {
    const Schedule& schedule = kept->schedule;
    if (setup_.directory->rules({schedule.tenant, schedule.extension, schedule.event})) {
      return fire(*std::move(kept), now, looking);
    }
    if (!kept->absent_since) kept->absent_since = now;
  }
  if (!waited_enough(name, now)) return finish(looking);
  const bool absent = readable && kept->absent_since && now - *kept->absent_since >= kAbsent;
  if (absent && tenant_known) return move_on(*std::move(kept), now, looking);
  put_off(record, readable ? std::move(kept) : std::nullopt, now, looking);
}

void ScheduleRunner::fire(KeptSchedule kept, EventTime now, const Looking& looking) {
  Schedule& schedule = kept.schedule;
  Name name(schedule.tenant, schedule_record_name(schedule.extension, schedule.name));
  const auto rule = policy::ScheduleRule::compile(schedule, kept.made);
  if (!rule) return failed(name, rule.error(), looking);
  const policy::Firing firing =
      policy::decide_firing(*rule, schedule.catch_up, *schedule.next_at, now, kept.caught_up);
  kept.absent_since.reset();
  kept.caught_up = firing.caught_up;
  schedule.next_at = firing.next;
  if (firing.at) schedule.last_at = firing.at;
  Result<EventRecordWrite> write =
      firing.next ? schedule_write(kept) : Result<EventRecordWrite>(schedule_removal(kept));
  if (!write) return failed(name, write.error(), looking);
  if (!firing.at) return this->write(*std::move(write), std::move(name), looking);
  Publication publication;
  publication.tenant = schedule.tenant;
  publication.extension = schedule.extension;
  publication.event = schedule.event;
  publication.payload = schedule_payload(schedule, *firing.at);
  publisher_->fire(std::move(publication), {*write},
                   [self = shared_from_this(), name, next = firing.next, looking,
                    alone = *write](const Result<bool>& answer) mutable {
                     self->fired(name, next, answer, looking, std::move(alone));
                   });
}

void ScheduleRunner::fired(const Name& name, std::optional<EventTime> next,
                           const Result<bool>& answer, const Looking& looking,
                           EventRecordWrite alone) noexcept {
  if (!answer) {
    // What no publisher takes would stand there for good: the time is over, without an event.
    const bool never = answer.error().code == ErrorCode::kInvalidArgument;
    if (!never) return failed(name, answer.error(), looking);
    tell_fault(answer.error());
    try {
      return write(std::move(alone), name, looking);
    } catch (...) {  // no memory: at the next look
      return finish(looking);
    }
  }
  if (*answer) {
    looking->moved = true;
    const base::MutexLock lock(mutex_);
    troubles_.erase(name);
  }
  if (next) expect(*next);
  finish(looking);
}

void ScheduleRunner::failed(const Name& name, const Error& error, const Looking& looking) noexcept {
  note_trouble(name);
  if (error.code != ErrorCode::kUnavailable) tell_fault(error);
  finish(looking);
}

void ScheduleRunner::move_on(KeptSchedule kept, EventTime now, const Looking& looking) {
  Schedule& schedule = kept.schedule;
  Name name(schedule.tenant, schedule_record_name(schedule.extension, schedule.name));
  const auto rule = policy::ScheduleRule::compile(schedule, kept.made);
  if (!rule) return failed(name, rule.error(), looking);
  kept.caught_up = 0;
  schedule.next_at = rule->next_after(std::max(now, *schedule.next_at));
  Result<EventRecordWrite> write =
      schedule.next_at ? schedule_write(kept) : Result<EventRecordWrite>(schedule_removal(kept));
  if (!write) return failed(name, write.error(), looking);
  this->write(*std::move(write), std::move(name), looking);
}

// Due later, with the same next time: what is due here must not stand before what can be fired.
void ScheduleRunner::put_off(const EventRecord& record, std::optional<KeptSchedule> kept,
                             EventTime now, const Looking& looking) {
  EventRecordWrite write;
  write.kind = record.kind;
  write.tenant = record.tenant;
  write.name = record.name;
  write.expected = record.version;
  write.data = record.data;
  if (kept) {
    Result<EventRecordWrite> changed = schedule_write(*kept);
    if (changed) write = *std::move(changed);
  }
  write.due_at = now + kPutOff;
  this->write(std::move(write), Name(record.tenant, record.name), looking);
}

void ScheduleRunner::write(EventRecordWrite write, Name name, const Looking& looking) {
  std::vector<EventRecordWrite> writes;
  writes.push_back(std::move(write));
  setup_.queue->write_records(std::move(writes), [self = shared_from_this(), name = std::move(name),
                                                  looking](const Result<EventEnqueued>& answer) {
    if (!answer) self->note_trouble(name);
    finish(looking);
  });
}

void ScheduleRunner::finish(const Looking& looking) noexcept {
  if (--looking->left == 0) looking->runner->look_again(looking->moved);
}

void ScheduleRunner::look_again(bool at_once) noexcept {
  try {
    const base::MutexLock lock(mutex_);
    looking_ = false;
    if (!started_) return;
    if (at_once) expected_.insert(EventTime());
    arm();
  } catch (...) {  // no memory for a timer: nothing fires here until start(), others go on
    const base::MutexLock lock(mutex_);
    started_ = false;
  }
}

void ScheduleRunner::arm() {
  const EventTime now = setup_.calendar();
  milliseconds wait = kEach;
  if (!expected_.empty()) wait = std::clamp(*expected_.begin() - now, milliseconds(0), kEach);
  expected_.erase(expected_.begin(), expected_.upper_bound(now + wait));
  if (timer_ != 0) setup_.timers->cancel(timer_);
  timer_ = setup_.timers->schedule(wait, [self = weak_from_this()] {
    if (const auto alive = self.lock()) alive->look();
  });
}

bool ScheduleRunner::is_in_trouble(const Name& name, EventTime now) {
  const base::MutexLock lock(mutex_);
  const auto found = troubles_.find(name);
  if (found == troubles_.end()) return false;
  // The clock may have gone back.
  return now < found->second.until && found->second.until - now <= kLastBackoff;
}

void ScheduleRunner::note_trouble(const Name& name) noexcept {
  try {
    const EventTime now = setup_.calendar();
    const base::MutexLock lock(mutex_);
    if (troubles_.size() >= kMostTroubles) troubles_.clear();
    Trouble& trouble = troubles_[name];
    const std::uint32_t doublings = std::min(trouble.times++, 10U);
    trouble.until = now + std::min(kEach * (1U << doublings), kLastBackoff);
  } catch (...) {  // no memory: it is tried again within a second
  }
}

bool ScheduleRunner::waited_enough(const Name& name, EventTime now) {
  const base::MutexLock lock(mutex_);
  const auto before = left_alone_before_.find(name);
  const EventTime since = before == left_alone_before_.end() ? now : std::min(before->second, now);
  if (now - since >= kLeaveAlone) return true;
  left_alone_.emplace(name, since);
  return false;
}

void ScheduleRunner::tell_fault(const Error& error) const noexcept {
  if (setup_.reports.fault) setup_.reports.fault("schedules", error.message);
}

}  // namespace sublet::events
