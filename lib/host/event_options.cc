// SPDX-License-Identifier: Apache-2.0
#include "host/event_options.h"

#include <chrono>
#include <utility>

#include "policy/field_checker.h"
#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::host {

Result<void> check_event_options(const HostEventOptions& options) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  using std::chrono::seconds;
  return policy::FieldChecker("HostOptions::events.")
      .between<std::uint32_t>("max_under_way", options.max_under_way, 1, 100'000)
      .between<milliseconds>("lease", options.lease, seconds(1), minutes(10))
      .between<milliseconds>("poll", options.poll, milliseconds(10), minutes(1))
      .between<std::uint32_t>("places", options.places, 1, 64)
      .between<milliseconds>("heartbeat", options.heartbeat, milliseconds(10), minutes(1))
      .between<milliseconds>("gone_after", options.gone_after, options.heartbeat * 3, minutes(10))
      .between<milliseconds>("keep_records", options.keep_records, minutes(1), hours(24 * 400))
      .result();
}

events::MemberOptions member_options(const HostEventOptions& options) {
  events::MemberOptions members;
  members.heartbeat = options.heartbeat;
  members.gone_after = options.gone_after;
  members.places = options.places;
  return members;
}

events::PumpOptions pump_options(const HostEventOptions& options) {
  events::PumpOptions pump;
  pump.max_under_way = options.max_under_way;
  pump.lease = options.lease;
  pump.poll = options.poll;
  pump.help_after = options.gone_after;
  return pump;
}

events::DeliveryRecordOptions record_options(const HostEventOptions& options) {
  events::DeliveryRecordOptions records;
  records.kept = options.keep_records;
  records.poll = options.poll;
  records.lease = options.gone_after;
  return records;
}

Result<std::shared_ptr<EventQueue>> open_event_queue(const HostOptions& options) {
  if (options.events.queue != nullptr || options.state_directory.empty()) {
    return options.events.queue;
  }
  SqliteEventQueueOptions embedded;
  embedded.path = options.state_directory / "events.db";
  auto queue = SqliteEventQueue::open(std::move(embedded));
  if (!queue) {
    return Error{queue.error().code, "HostOptions::state_directory: " + queue.error().message};
  }
  return std::shared_ptr<EventQueue>(std::move(queue).value());
}

}  // namespace sublet::host
