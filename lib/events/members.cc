// SPDX-License-Identifier: Apache-2.0
#include "events/members.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "policy/events/placement.h"

namespace sublet::events {
namespace {

using TimerId = base::TimerService::TimerId;

constexpr const char* kKind = "member";

class RecordMembers final : public Members, public std::enable_shared_from_this<RecordMembers> {
 public:
  RecordMembers(const Setup& setup, const MemberOptions& options)
      : queue_(setup.queue),
        timers_(*setup.timers),
        own_(setup.member),
        options_(options),
        placement_({own_}) {}

  void start(std::function<void()> changed) override {
    {
      const base::MutexLock lock(mutex_);
      if (beating_) return;
      beating_ = true;
      changed_ = std::move(changed);
    }
    beat();
  }

  void leave(std::function<void()> done) noexcept override {
    try {
      {
        const base::MutexLock lock(mutex_);
        end_heartbeats();
        left_.push_back(std::move(done));
        // A heartbeat under way would write the record anew.
        if (in_flight_) return;
        in_flight_ = true;
      }
      remove();
    } catch (...) {  // no memory: others find out by its absence
      report_left();
    }
  }

  void stop() noexcept override {
    const base::MutexLock lock(mutex_);
    end_heartbeats();
    changed_ = nullptr;
  }

  bool is_place_of(std::string_view tenant) const override {
    const base::MutexLock lock(mutex_);
    return placement_.is_place(own_, tenant, options_.places);
  }

  std::vector<std::string> all() const override {
    const base::MutexLock lock(mutex_);
    return placement_.members();
  }

 private:
  void end_heartbeats() SUBLET_REQUIRES(mutex_) {
    beating_ = false;
    if (timer_ != 0) timers_.cancel(std::exchange(timer_, 0));
  }

  // Heartbeats keep their beat, whether or not the queue answers.
  void beat() {
    {
      const base::MutexLock lock(mutex_);
      if (!beating_) return;
      timer_ = timers_.schedule(options_.heartbeat, [self = weak_from_this()] {
        if (const auto alive = self.lock()) alive->beat_safely();
      });
      if (std::exchange(in_flight_, true)) return;
    }
    try {
      write();
    } catch (...) {  // no memory: the next one may have some
      landed();
    }
  }

  void beat_safely() noexcept {
    try {
      beat();
    } catch (...) {  // no memory for a timer: this process is taken for gone until it starts anew
    }
  }

  void write() {
    EventRecordWrite record;
    record.kind = kKind;
    record.name = own_;
    record.data = "{}";
    record.expires_in = options_.gone_after;
    std::vector<EventRecordWrite> writes;
    writes.push_back(std::move(record));
    queue_->write_records(std::move(writes),
                          [self = weak_from_this()](const Result<EventEnqueued>& answer) {
                            if (const auto alive = self.lock()) alive->written(answer);
                          });
  }

  void written(const Result<EventEnqueued>& answer) noexcept {
    try {
      // Alone with what it knew last: others may well go on where this process cannot.
      if (!answer) return landed();
      read({}, {own_});
    } catch (...) {  // no memory: the next heartbeat may have some
      landed();
    }
  }

  // One page after the other.
  void read(const std::string& after, std::vector<std::string> found) {
    queue_->read_records(kKind, std::string(), after, EventQueue::kMaxPage,
                         [self = weak_from_this(), found = std::move(found)](
                             const Result<std::vector<EventRecord>>& page) mutable {
                           if (const auto alive = self.lock()) alive->take(page, std::move(found));
                         });
  }

  void take(const Result<std::vector<EventRecord>>& page, std::vector<std::string> found) noexcept {
    try {
      if (!page) return landed();
      for (const EventRecord& record : *page) found.push_back(record.name);
      if (page->size() == EventQueue::kMaxPage) {
        const std::string last = found.back();
        return read(last, std::move(found));
      }
      replace(policy::Placement(std::move(found)));
    } catch (...) {  // as above
    }
    landed();
  }

  void replace(policy::Placement placement) {
    std::function<void()> changed;
    {
      const base::MutexLock lock(mutex_);
      if (placement.members() == placement_.members()) return;
      placement_ = std::move(placement);
      changed = changed_;
    }
    if (changed) changed();
  }

  // What was under way is over.
  void landed() noexcept {
    {
      const base::MutexLock lock(mutex_);
      in_flight_ = !left_.empty();
      if (!in_flight_) return;
    }
    try {
      remove();
    } catch (...) {
      report_left();
    }
  }

  void remove() {
    EventRecordWrite record;
    record.kind = kKind;
    record.name = own_;
    std::vector<EventRecordWrite> writes;
    writes.push_back(std::move(record));
    queue_->write_records(
        std::move(writes),
        [self = shared_from_this()](const Result<EventEnqueued>&) { self->report_left(); });
  }

  void report_left() noexcept {
    std::vector<std::function<void()>> left;
    {
      const base::MutexLock lock(mutex_);
      in_flight_ = false;
      left.swap(left_);
    }
    for (const auto& done : left) {
      if (done) done();
    }
  }

  const std::shared_ptr<EventQueue> queue_;
  base::TimerService& timers_;
  const std::string own_;
  const MemberOptions options_;

  mutable base::Mutex mutex_;
  policy::Placement placement_ SUBLET_GUARDED_BY(mutex_);
  std::function<void()> changed_ SUBLET_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> left_ SUBLET_GUARDED_BY(mutex_);  // to be told
  TimerId timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool beating_ SUBLET_GUARDED_BY(mutex_) = false;
  bool in_flight_ SUBLET_GUARDED_BY(mutex_) = false;  // one call of the queue at a time
};

}  // namespace

std::shared_ptr<Members> Members::create(const Setup& setup, const MemberOptions& options) {
  return std::make_shared<RecordMembers>(setup, options);
}

}  // namespace sublet::events
