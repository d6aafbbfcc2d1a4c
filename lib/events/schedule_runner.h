// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "events/publisher.h"
#include "events/schedule_record.h"
#include "events/setup.h"

namespace sublet::events {

// Looks at what is due, each second and when something is known to be, and fires it: the event and
// the record's next time are one unit of the queue, so that of all processes one fires. A schedule
// whose extension is not here is left to others for a while, then put off, and, where its tenant is
// known and it has been so for a day, moved on without firing.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe.
class ScheduleRunner : public std::enable_shared_from_this<ScheduleRunner> {
 public:
  ScheduleRunner(const Setup& setup, std::shared_ptr<Publisher> publisher)
      : setup_(setup), publisher_(std::move(publisher)) {}

  void start();
  void stop() noexcept;
  // There is something due then.
  void expect(EventTime due) noexcept;

 private:
  using Name = std::pair<std::string, std::string>;  // tenant, record
  struct Trouble {
    std::uint32_t times = 0;
    EventTime until{};
  };
  // One look: ends when all that it found was dealt with.
  struct Look {
    std::shared_ptr<ScheduleRunner> runner;
    std::atomic<std::size_t> left{1};
    std::atomic<bool> moved{false};  // something fired, so that more may be due by now
  };
  using Looking = std::shared_ptr<Look>;

  void look() noexcept;
  void take(const Result<std::vector<EventRecord>>& page) noexcept;
  void deal_with(const EventRecord& record, EventTime now, const Looking& looking);
  void fire(KeptSchedule kept, EventTime now, const Looking& looking);
  void move_on(KeptSchedule kept, EventTime now, const Looking& looking);
  void put_off(const EventRecord& record, std::optional<KeptSchedule> kept, EventTime now,
               const Looking& looking);
  void write(EventRecordWrite write, Name name, const Looking& looking);
  void fired(const Name& name, std::optional<EventTime> next, const Result<bool>& answer,
             const Looking& looking, EventRecordWrite alone) noexcept;
  void failed(const Name& name, const Error& error, const Looking& looking) noexcept;
  static void finish(const Looking& looking) noexcept;
  void look_again(bool at_once) noexcept;
  void arm() SUBLET_REQUIRES(mutex_);

  bool is_in_trouble(const Name& name, EventTime now);
  void note_trouble(const Name& name) noexcept;
  // Whether others have had their time to fire what cannot be fired here.
  bool waited_enough(const Name& name, EventTime now);
  void tell_fault(const Error& error) const noexcept;

  const Setup setup_;
  const std::shared_ptr<Publisher> publisher_;

  base::Mutex mutex_;
  bool started_ SUBLET_GUARDED_BY(mutex_) = false;
  bool looking_ SUBLET_GUARDED_BY(mutex_) = false;
  bool queue_away_ SUBLET_GUARDED_BY(mutex_) = false;
  base::TimerService::TimerId timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::set<EventTime> expected_ SUBLET_GUARDED_BY(mutex_);
  std::map<Name, Trouble> troubles_ SUBLET_GUARDED_BY(mutex_);
  // Since when what cannot be fired here was seen; those of the last look.
  std::map<Name, EventTime> left_alone_ SUBLET_GUARDED_BY(mutex_);
  std::map<Name, EventTime> left_alone_before_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::events
