// SPDX-License-Identifier: Apache-2.0
#include "events/controls.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "events/control_record.h"
#include "events/control_table.h"
#include "events/dry_run_reports.h"

namespace sublet::events {
namespace {

constexpr base::Nanoseconds kEvery = std::chrono::seconds(1);
// A lift finds the record, and removes it unless somebody has changed it meanwhile.
constexpr int kLiftAttempts = 8;

const Error kNoMemory{ErrorCode::kResourceExhausted, "there is no memory for it"};

class ControlsOfQueue final : public Controls,
                              public std::enable_shared_from_this<ControlsOfQueue> {
 public:
  explicit ControlsOfQueue(const Setup& setup)
      : setup_(setup), reports_(setup.reports.control_applied, *setup.clock) {}

  void start(std::function<void()> changed) override {
    {
      base::MutexLock lock(mutex_);
      running_ = true;
      changed_ = std::move(changed);
      looked_at_ = setup_.calendar();
      known_ = false;
    }
    read();
    tick_later();
  }

  void stop() noexcept override {
    base::MutexLock lock(mutex_);
    running_ = false;
    changed_ = nullptr;
    setup_.timers->cancel(timer_);
  }

  ControlVerdict verdict(const EventQueueName& queue) const override {
    std::shared_ptr<const ControlTable> table;
    {
      base::MutexLock lock(mutex_);
      if (!known_) return not_known();
      table = table_;
    }
    if (table->all().empty()) return {};
    std::vector<const EventControl*> dry;
    ControlVerdict verdict = table->verdict(queue, setup_.calendar(), dry);
    for (const EventControl* control : dry) reports_.tell(*control, queue);
    return verdict;
  }

  void apply(EventControl control, EventCallback<bool> done) noexcept override;
  void lift(EventScope scope, EventAction action, EventCallback<bool> done) noexcept override;

  std::vector<EventControl> all() const override {
    const EventTime now = setup_.calendar();
    std::vector<EventControl> found = table()->all();
    std::erase_if(found, [now](const EventControl& control) { return is_over(control, now); });
    return found;
  }

 private:
  using Found = std::vector<EventRecord>;

  // Nothing begins that a control may forbid.
  static ControlVerdict not_known() {
    ControlVerdict verdict;
    verdict.paused = true;
    verdict.reason = "the controls were not read yet";
    return verdict;
  }

  std::shared_ptr<const ControlTable> table() const {
    base::MutexLock lock(mutex_);
    return table_;
  }
  void tell_changed() {
    std::function<void()> changed;
    {
      base::MutexLock lock(mutex_);
      changed = changed_;
    }
    if (changed) changed();
  }

  void tick_later();
  void tick();
  void read();
  void read_page(std::shared_ptr<Found> found, std::uint64_t generation);
  void finish(const Found* found, std::uint64_t generation);
  bool install(const Found& found, std::uint64_t generation);
  // After a change of this process's own.
  void replace(const EventScope& scope, EventAction action, const std::optional<EventControl>& by);
  void find(EventScope scope, EventAction action, std::string after, int attempts,
            EventCallback<bool> done);
  void remove(const EventScope& scope, EventAction action, std::uint64_t version, int attempts,
              const EventCallback<bool>& done);

  const Setup setup_;
  mutable DryRunReports reports_;
  mutable base::Mutex mutex_;
  std::shared_ptr<const ControlTable> table_ SUBLET_GUARDED_BY(mutex_) =
      std::make_shared<const ControlTable>();
  // Of what was read; whether it has changed is seen by it.
  std::string content_ SUBLET_GUARDED_BY(mutex_);
  std::function<void()> changed_ SUBLET_GUARDED_BY(mutex_);
  EventTime looked_at_ SUBLET_GUARDED_BY(mutex_){};
  base::TimerService::TimerId timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  // Counts this process's own changes: a reading that began before one is read again.
  std::uint64_t generation_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool running_ SUBLET_GUARDED_BY(mutex_) = false;
  bool reading_ SUBLET_GUARDED_BY(mutex_) = false;
  bool known_ SUBLET_GUARDED_BY(mutex_) = true;  // false: started, and not yet read
  bool failing_ SUBLET_GUARDED_BY(mutex_) = false;
};

// The same for the same controls, in the order in which the queue has them.
std::string content_of(const std::vector<EventControl>& controls) {
  std::string content;
  for (const EventControl& control : controls) {
    content += control.scope.tenant + '\n' + control_name(control.scope, control.action) + '\n' +
               write_of(control, EventTime{}).data.value_or("") + '\n';
  }
  return content;
}

bool is_before(const EventControl& a, const EventControl& b) {
  return std::pair(a.scope.tenant, control_name(a.scope, a.action)) <
         std::pair(b.scope.tenant, control_name(b.scope, b.action));
}

void ControlsOfQueue::tick_later() {
  base::MutexLock lock(mutex_);
  if (!running_) return;
  timer_ = setup_.timers->schedule(kEvery, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tick();
  });
}

void ControlsOfQueue::tick() {
  const EventTime now = setup_.calendar();
  bool over = false;
  {
    base::MutexLock lock(mutex_);
    for (const EventControl& control : table_->all()) {
      over = over || (is_over(control, now) && !is_over(control, looked_at_));
    }
    looked_at_ = now;
  }
  if (over) tell_changed();
  read();
  tick_later();
}

void ControlsOfQueue::read() {
  std::uint64_t generation = 0;
  {
    base::MutexLock lock(mutex_);
    if (reading_ || !running_) return;
    reading_ = true;
    generation = generation_;
  }
  read_page(std::make_shared<Found>(), generation);
}

void ControlsOfQueue::read_page(std::shared_ptr<Found> found, std::uint64_t generation) {
  std::string after;
  if (!found->empty()) after = found->back().tenant + '\0' + found->back().name;
  setup_.queue->read_records(std::string(kControlKind), std::nullopt, std::move(after),
                             EventQueue::kMaxPage,
                             [self = shared_from_this(), found, generation](Result<Found> page) {
                               if (!page) return self->finish(nullptr, generation);
                               const bool more = page->size() == EventQueue::kMaxPage;
                               found->insert(found->end(), page->begin(), page->end());
                               if (more) return self->read_page(found, generation);
                               self->finish(found.get(), generation);
                             });
}

void ControlsOfQueue::finish(const Found* found, std::uint64_t generation) {
  bool again = false;
  bool began_to_fail = false;
  {
    base::MutexLock lock(mutex_);
    reading_ = false;
    again = generation != generation_ && found != nullptr;
    began_to_fail = found == nullptr && !failing_;
    failing_ = found == nullptr;
  }
  // Those that were read last stay in force.
  if (began_to_fail && setup_.reports.fault) {
    setup_.reports.fault("controls", "the queue does not say which there are");
  }
  if (again) return read();
  if (found != nullptr && install(*found, generation)) tell_changed();
}

bool ControlsOfQueue::install(const Found& found, std::uint64_t generation) {
  std::vector<EventControl> controls;
  for (const EventRecord& record : found) {
    if (auto control = read_control(record)) controls.push_back(*std::move(control));
  }
  std::sort(controls.begin(), controls.end(), is_before);
  std::string content = content_of(controls);
  base::MutexLock lock(mutex_);
  if (generation != generation_ || (known_ && content == content_)) return false;
  known_ = true;
  content_ = std::move(content);
  table_ = std::make_shared<const ControlTable>(std::move(controls));
  return true;
}

void ControlsOfQueue::replace(const EventScope& scope, EventAction action,
                              const std::optional<EventControl>& by) {
  {
    base::MutexLock lock(mutex_);
    ++generation_;
    std::vector<EventControl> controls = table_->all();
    std::erase_if(controls, [&](const EventControl& control) {
      return control.scope == scope && control.action == action;
    });
    if (by) controls.push_back(*by);
    std::sort(controls.begin(), controls.end(), is_before);
    content_ = content_of(controls);
    table_ = std::make_shared<const ControlTable>(std::move(controls));
  }
  tell_changed();
  read();
}

void ControlsOfQueue::apply(EventControl control, EventCallback<bool> done) noexcept {
  try {
    const EventTime now = setup_.calendar();
    if (Result<void> valid = check_control(control, now); !valid) return done(valid.error());
    std::vector<EventRecordWrite> writes = {write_of(control, now)};
    setup_.queue->write_records(std::move(writes), [self = shared_from_this(), control,
                                                    done](Result<EventEnqueued> written) {
      if (!written) return done(written.error());
      self->replace(control.scope, control.action, control);
      done(true);
    });
  } catch (...) {
    done(kNoMemory);
  }
}

void ControlsOfQueue::lift(EventScope scope, EventAction action,
                           EventCallback<bool> done) noexcept {
  try {
    if (Result<void> valid = check_scope(scope); !valid) return done(valid.error());
    find(std::move(scope), action, "", kLiftAttempts, done);
  } catch (...) {
    done(kNoMemory);
  }
}

void ControlsOfQueue::find(EventScope scope, EventAction action, std::string after, int attempts,
                           EventCallback<bool> done) {
  std::string tenant = scope.tenant;
  setup_.queue->read_records(
      std::string(kControlKind), std::move(tenant), std::move(after), EventQueue::kMaxPage,
      [self = shared_from_this(), scope, action, attempts, done](Result<Found> page) {
        if (!page) return done(page.error());
        const std::string name = control_name(scope, action);
        for (const EventRecord& record : *page) {
          if (record.name != name) continue;
          return self->remove(scope, action, record.version, attempts, done);
        }
        if (page->size() == EventQueue::kMaxPage) {
          return self->find(scope, action, page->back().name, attempts, done);
        }
        self->read();
        done(false);
      });
}

void ControlsOfQueue::remove(const EventScope& scope, EventAction action, std::uint64_t version,
                             int attempts, const EventCallback<bool>& done) {
  EventRecordWrite write;
  write.kind = kControlKind;
  write.tenant = scope.tenant;
  write.name = control_name(scope, action);
  write.expected = version;
  setup_.queue->write_records({std::move(write)}, [self = shared_from_this(), scope, action,
                                                   attempts, done](Result<EventEnqueued> removed) {
    if (!removed) return done(removed.error());
    if (removed->status == EventEnqueued::Status::kEnqueued) {
      self->replace(scope, action, std::nullopt);
      return done(true);
    }
    if (attempts > 1) return self->find(scope, action, "", attempts - 1, done);
    done(Error{ErrorCode::kUnavailable, "the control changes too often"});
  });
}

}  // namespace

std::shared_ptr<Controls> Controls::create(const Setup& setup) {
  return std::make_shared<ControlsOfQueue>(setup);
}

}  // namespace sublet::events
