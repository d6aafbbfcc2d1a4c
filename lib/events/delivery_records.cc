// SPDX-License-Identifier: Apache-2.0
#include "events/delivery_records.h"

#include <map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "events/delivery_record.h"
#include "events/record_subscription.h"
#include "policy/names.h"

namespace sublet::events {
namespace {

constexpr base::Nanoseconds kForgetEach = std::chrono::hours(1);

class RecordsOfQueue final : public DeliveryRecords,
                             public std::enable_shared_from_this<RecordsOfQueue> {
 public:
  RecordsOfQueue(const Setup& setup, const DeliveryRecordOptions& options)
      : setup_(setup), options_(options) {}

  void start() override {
    {
      base::MutexLock lock(mutex_);
      if (std::exchange(running_, true)) return;
    }
    forget_later();
    forget();
    look_later();
    wake();
  }

  void stop() noexcept override {
    std::map<std::string, std::shared_ptr<RecordSubscription>> subscriptions;
    {
      base::MutexLock lock(mutex_);
      running_ = false;
      setup_.timers->cancel(look_timer_);
      setup_.timers->cancel(forget_timer_);
      subscriptions.swap(subscriptions_);
    }
    for (const auto& [name, subscription] : subscriptions) subscription->end();
  }

  void page(std::string after, std::uint32_t limit,
            EventCallback<DeliveryRecordPage> done) noexcept override;
  Result<void> subscribe(std::string name, DeliveryRecordCallback told) override;
  bool unsubscribe(const std::string& name) noexcept override;
  void wake() noexcept override;

 private:
  void look_later() {
    base::MutexLock lock(mutex_);
    if (!running_) return;
    look_timer_ = setup_.timers->schedule(options_.poll, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->wake();
      self->look_later();
    });
  }

  void forget_later() {
    base::MutexLock lock(mutex_);
    if (!running_) return;
    forget_timer_ = setup_.timers->schedule(kForgetEach, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->forget();
      self->forget_later();
    });
  }

  void forget();
  void forget_before(EventTime time);

  const Setup setup_;
  const DeliveryRecordOptions options_;
  base::Mutex mutex_;
  bool running_ SUBLET_GUARDED_BY(mutex_) = false;
  base::TimerService::TimerId look_timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  base::TimerService::TimerId forget_timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::shared_ptr<RecordSubscription>> subscriptions_
      SUBLET_GUARDED_BY(mutex_);
};

void RecordsOfQueue::page(std::string after, std::uint32_t limit,
                          EventCallback<DeliveryRecordPage> done) noexcept {
  try {
    setup_.queue->completions(std::move(after), limit,
                              [done](const Result<EventCompletionPage>& page) {
                                if (!page) return done(page.error());
                                DeliveryRecordPage made;
                                for (const EventCompletion& one : page->completions) {
                                  made.records.push_back(read_record(one));
                                }
                                made.cursor = page->cursor;
                                done(std::move(made));
                              });
  } catch (...) {
    done(Error{ErrorCode::kResourceExhausted, "out of memory"});
  }
}

Result<void> RecordsOfQueue::subscribe(std::string name, DeliveryRecordCallback told) {
  if (Result<void> valid = policy::check_tenant_id("subscription", name); !valid) return valid;
  auto made = std::make_shared<RecordSubscription>(setup_, options_.lease, name, std::move(told));
  {
    base::MutexLock lock(mutex_);
    if (!subscriptions_.emplace(name, made).second) {
      return Error{ErrorCode::kAlreadyExists, "subscription \"" + name + "\" exists"};
    }
    if (!running_) return {};
  }
  made->look();
  return {};
}

bool RecordsOfQueue::unsubscribe(const std::string& name) noexcept {
  std::shared_ptr<RecordSubscription> ended;
  {
    base::MutexLock lock(mutex_);
    const auto found = subscriptions_.find(name);
    if (found == subscriptions_.end()) return false;
    ended = std::move(found->second);
    subscriptions_.erase(found);
  }
  ended->end();
  return true;
}

void RecordsOfQueue::wake() noexcept {
  try {
    std::vector<std::shared_ptr<RecordSubscription>> all;
    {
      base::MutexLock lock(mutex_);
      if (!running_) return;
      for (const auto& [name, subscription] : subscriptions_) all.push_back(subscription);
    }
    for (const auto& subscription : all) subscription->look();
  } catch (...) {  // no memory: with the next look
  }
}

// By the queue's time, which its records are written with: this machine's may be another.
void RecordsOfQueue::forget() {
  setup_.queue->ready({}, 1, [weak = weak_from_this()](const Result<EventReadyPage>& page) {
    const auto self = weak.lock();
    if (self != nullptr && page) self->forget_before(page->now - self->options_.kept);
  });
}

void RecordsOfQueue::forget_before(EventTime time) {
  setup_.queue->forget_completions(
      time, EventQueue::kMaxPage,
      [weak = weak_from_this(), time](const Result<std::uint64_t>& forgotten) {
        const auto self = weak.lock();
        // Where it failed it is tried again in an hour.
        if (self == nullptr || !forgotten || *forgotten < EventQueue::kMaxPage) return;
        self->setup_.timers->schedule(base::Nanoseconds(0), [weak, time] {
          if (const auto later = weak.lock()) later->forget_before(time);
        });
      });
}

}  // namespace

std::shared_ptr<DeliveryRecords> DeliveryRecords::create(const Setup& setup,
                                                         const DeliveryRecordOptions& options) {
  return std::make_shared<RecordsOfQueue>(setup, options);
}

}  // namespace sublet::events
