// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/setup.h"
#include "sublet/events.h"

namespace sublet::events {

struct DeliveryRecordOptions {
  using Milliseconds = std::chrono::milliseconds;
  // How long records of deliveries are kept.
  Milliseconds kept = std::chrono::hours(7 * 24);
  // How often a subscription looks where nobody wakes it, and how long it is one process's: another
  // one goes on this long after that process is gone.
  Milliseconds poll{1'000};
  Milliseconds lease{10'000};
};

// Told of one delivery that ended, in their order; must not block or throw.
using DeliveryRecordCallback = std::function<void(const DeliveryRecord&)>;

// How deliveries ended, read back for the host: in pages, and by subscriptions, each with a cursor
// that is kept in the queue.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe.
class DeliveryRecords {
 public:
  static std::shared_ptr<DeliveryRecords> create(const Setup& setup,
                                                 const DeliveryRecordOptions& options);
  virtual ~DeliveryRecords() = default;

  // Forgets the old ones, now and each hour, and lets subscriptions look.
  virtual void start() = 0;
  virtual void stop() noexcept = 0;

  // At most `limit`, 1 to EventQueue::kMaxPage, after a cursor; empty: from the oldest that is
  // kept.
  virtual void page(std::string after, std::uint32_t limit,
                    EventCallback<DeliveryRecordPage> done) noexcept = 0;

  // From where the subscription of this name, of whatever process, was last; a new one begins with
  // the oldest record. Of several processes with the same name one is told at a time. Where a
  // process ends before the cursor is kept, which is after the callback returned, the next one is
  // told those records once more. kInvalidArgument: the name; kAlreadyExists: in this process.
  virtual Result<void> subscribe(std::string name, DeliveryRecordCallback told) = 0;
  // Not called any more, but may still run; the cursor stays. False: there is none.
  virtual bool unsubscribe(const std::string& name) noexcept = 0;
  // Something has been settled: subscriptions look now.
  virtual void wake() noexcept = 0;
};

}  // namespace sublet::events
