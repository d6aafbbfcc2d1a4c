// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "events/delivery_records.h"

namespace sublet::events {

// One subscription in one process. Among the queue's records there are its cursor and, while a
// process is told, that process's lease: the cursor is written together with it, so that who has
// lost it cannot set the cursor back.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe; one thing is under way at a time.
class RecordSubscription : public std::enable_shared_from_this<RecordSubscription> {
 public:
  RecordSubscription(const Setup& setup, std::chrono::milliseconds lease, std::string name,
                     DeliveryRecordCallback told);

  // Unless it looks already; then it looks once more.
  void look() noexcept;
  // Gives the lease back.
  void end() noexcept;

 private:
  void next();
  void take_lease();
  void read_cursor(std::string after);
  void pull();
  void tell(const EventCompletionPage& page);
  void tell_one(const DeliveryRecord& record) const;
  void keep_cursor();
  void kept(const Result<EventEnqueued>& answer);
  void finish(bool more) noexcept;
  EventRecordWrite lease_write() const SUBLET_REQUIRES(mutex_);
  bool is_lease_old() const SUBLET_REQUIRES(mutex_);
  bool ended() const;

  const Setup setup_;
  const std::chrono::milliseconds lease_;
  const std::string name_;
  const DeliveryRecordCallback told_;
  mutable base::Mutex mutex_;
  bool busy_ SUBLET_GUARDED_BY(mutex_) = false;
  bool again_ SUBLET_GUARDED_BY(mutex_) = false;
  bool ended_ SUBLET_GUARDED_BY(mutex_) = false;
  std::uint64_t version_ SUBLET_GUARDED_BY(mutex_) = 0;  // of the lease; 0: it is not ours
  base::TimePoint held_since_ SUBLET_GUARDED_BY(mutex_){};
  std::string cursor_ SUBLET_GUARDED_BY(mutex_);
  bool unkept_ SUBLET_GUARDED_BY(mutex_) = false;  // the cursor is ahead of the queue's
};

}  // namespace sublet::events
