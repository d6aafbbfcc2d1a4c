// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/options_check.h"

#include "adapters/event_queue/bounds.h"

namespace sublet::adapters::sqlite::events {

Result<void> check(const SqliteEventQueueOptions& options) {
  using std::chrono::milliseconds;
  const Result<void> checks[] = {
      check_range("readers", options.readers, 1, 64),
      check_range("max_queue", options.max_queue, 1, 1'000'000),
      check_range("max_group", options.max_group, 1, 10'000),
      check_span("busy_timeout", options.busy_timeout, milliseconds(0), milliseconds(60'000)),
      check_span("purge_interval", options.purge_interval, milliseconds(1000),
                 milliseconds(86'400'000)),
      options.max_file.count == 0
          ? Result<void>()
          : check_range("max_file", options.max_file.count, 1u << 20, INT64_MAX)};
  for (const Result<void>& checked : checks) {
    if (!checked) return checked;
  }
  return {};
}

}  // namespace sublet::adapters::sqlite::events
