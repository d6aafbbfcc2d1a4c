// SPDX-License-Identifier: Apache-2.0
#include "events/record_subscription.h"

#include <utility>
#include <vector>

#include "events/delivery_record.h"

namespace sublet::events {
namespace {

constexpr std::string_view kCursorKind = "cursor";
constexpr std::string_view kLeaseKind = "cursor_lease";
// What is told once more where the process ends in the middle.
constexpr std::uint32_t kPage = 100;

}  // namespace

RecordSubscription::RecordSubscription(const Setup& setup, std::chrono::milliseconds lease,
                                       std::string name, DeliveryRecordCallback told)
    : setup_(setup), lease_(lease), name_(std::move(name)), told_(std::move(told)) {}

bool RecordSubscription::ended() const {
  base::MutexLock lock(mutex_);
  return ended_;
}

EventRecordWrite RecordSubscription::lease_write() const {
  EventRecordWrite write;
  write.kind = kLeaseKind;
  write.name = name_;
  write.data = setup_.member;
  write.expires_in = lease_;
  write.expected = version_;
  return write;
}

bool RecordSubscription::is_lease_old() const {
  return setup_.clock->now() - held_since_ >= lease_ / 3;
}

void RecordSubscription::look() noexcept {
  {
    base::MutexLock lock(mutex_);
    if (busy_) again_ = true;
    if (busy_ || ended_) return;
    busy_ = true;
  }
  try {
    next();
  } catch (...) {  // no memory: later
    finish(false);
  }
}

void RecordSubscription::next() {
  bool held = false, unkept = false;
  {
    base::MutexLock lock(mutex_);
    held = version_ != 0;
    unkept = unkept_;
  }
  if (!held) return take_lease();
  if (unkept) return keep_cursor();
  pull();
}

void RecordSubscription::take_lease() {
  std::vector<EventRecordWrite> writes;
  {
    base::MutexLock lock(mutex_);
    writes.push_back(lease_write());
    held_since_ = setup_.clock->now();
  }
  setup_.queue->write_records(std::move(writes),
                              [self = shared_from_this()](const Result<EventEnqueued>& answer) {
                                if (!answer || answer->status != EventEnqueued::Status::kEnqueued) {
                                  return self->finish(false);  // another one's
                                }
                                {
                                  base::MutexLock lock(self->mutex_);
                                  self->version_ = answer->ids.at(0);
                                  self->unkept_ = false;
                                  self->cursor_.clear();
                                }
                                self->read_cursor({});
                              });
}

void RecordSubscription::read_cursor(std::string after) {
  setup_.queue->read_records(
      std::string(kCursorKind), "", std::move(after), EventQueue::kMaxPage,
      [self = shared_from_this()](const Result<std::vector<EventRecord>>& page) {
        if (!page) {
          base::MutexLock lock(self->mutex_);
          self->version_ = 0;  // it is taken again, when it is over
        }
        if (!page) return self->finish(false);
        for (const EventRecord& record : *page) {
          if (record.name != self->name_) continue;
          {
            base::MutexLock lock(self->mutex_);
            self->cursor_ = record.data;
          }
          return self->pull();
        }
        if (page->size() == EventQueue::kMaxPage) return self->read_cursor(page->back().name);
        self->pull();
      });
}

void RecordSubscription::pull() {
  std::string after;
  {
    base::MutexLock lock(mutex_);
    after = cursor_;
  }
  setup_.queue->completions(std::move(after), kPage,
                            [self = shared_from_this()](const Result<EventCompletionPage>& page) {
                              if (!page) return self->finish(false);
                              self->tell(*page);
                            });
}

void RecordSubscription::tell(const EventCompletionPage& page) {
  bool renew = false;
  {
    base::MutexLock lock(mutex_);
    // It may be another one's by now, which is told them.
    renew = setup_.clock->now() - held_since_ >= lease_;
    again_ = again_ || renew || page.completions.size() == kPage;
  }
  if (renew) return keep_cursor();
  std::string cursor;
  for (const EventCompletion& completion : page.completions) {
    if (ended()) break;
    tell_one(read_record(completion));
    cursor = completion.cursor;
  }
  {
    base::MutexLock lock(mutex_);
    if (!cursor.empty()) {
      cursor_ = std::move(cursor);
      unkept_ = true;
    }
    renew = unkept_ || is_lease_old();
  }
  if (renew) return keep_cursor();
  finish(true);
}

void RecordSubscription::tell_one(const DeliveryRecord& record) const {
  try {
    told_(record);
  } catch (...) {  // which it must not
    if (setup_.reports.fault) setup_.reports.fault("records", "a subscription's callback threw");
  }
}

void RecordSubscription::keep_cursor() {
  std::vector<EventRecordWrite> writes;
  {
    base::MutexLock lock(mutex_);
    writes.push_back(lease_write());
    held_since_ = setup_.clock->now();
    EventRecordWrite& cursor = writes.emplace_back();
    cursor.kind = kCursorKind;
    cursor.name = name_;
    cursor.data = cursor_;
  }
  setup_.queue->write_records(
      std::move(writes),
      [self = shared_from_this()](const Result<EventEnqueued>& answer) { self->kept(answer); });
}

void RecordSubscription::kept(const Result<EventEnqueued>& answer) {
  bool more = false;
  {
    base::MutexLock lock(mutex_);
    if (answer && answer->status == EventEnqueued::Status::kEnqueued) {
      version_ = answer->ids.at(0);
      unkept_ = false;
      more = true;
    } else if (answer || answer.error().code == ErrorCode::kIndeterminate) {
      // Another one's, or perhaps not ours any more: it goes on from what the queue has.
      version_ = 0;
    }
  }
  finish(more);
}

void RecordSubscription::finish(bool more) noexcept {
  bool again = false;
  {
    base::MutexLock lock(mutex_);
    busy_ = false;
    again = more && again_ && !ended_;
    again_ = false;
  }
  if (ended()) end();
  if (!again) return;
  try {
    // Not from here: a queue may answer inside its calls, and there may be many pages.
    setup_.timers->schedule(base::Nanoseconds(0), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look();
    });
  } catch (...) {  // no memory: with the next look
  }
}

void RecordSubscription::end() noexcept {
  try {
    std::vector<EventRecordWrite> writes;
    {
      base::MutexLock lock(mutex_);
      ended_ = true;
      if (busy_ || version_ == 0) return;
      writes.push_back(lease_write());
      version_ = 0;
    }
    writes.front().data.reset();
    writes.front().expires_in = {};
    setup_.queue->write_records(std::move(writes), [](const Result<EventEnqueued>&) {});
  } catch (...) {  // no memory: the lease ends by itself
  }
}

}  // namespace sublet::events
