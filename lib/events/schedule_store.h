// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/reply.h"
#include "events/schedule_record.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// Schedules among the queue's records.
//
// Ownership: holds the queue; calls under way keep what they need. Thread safety: thread-safe.
class ScheduleStore {
 public:
  using Found = std::function<void(Result<std::optional<KeptSchedule>>)>;
  using Several = std::function<void(Result<std::vector<KeptSchedule>>)>;

  explicit ScheduleStore(std::shared_ptr<EventQueue> queue) : queue_(std::move(queue)) {}

  void find(const std::string& tenant, const std::string& extension, const std::string& name,
            Found done) const;
  // All of a tenant or, where it is given, of an extension; in the order of their records' names.
  // What cannot be read is left out.
  void all(const std::string& tenant, const std::string& extension, Several done) const;
  // Several writes, up to kMaxRecordWrites at a time; the answer is the first that is not
  // kEnqueued, or the last.
  void write(std::vector<EventRecordWrite> writes, EventCallback<EventEnqueued> done) const;

 private:
  struct Reading;
  struct Writing;
  static void read_on(const std::shared_ptr<Reading>& reading);
  static void write_on(const std::shared_ptr<Writing>& writing);

  const std::shared_ptr<EventQueue> queue_;
};

}  // namespace sublet::events
