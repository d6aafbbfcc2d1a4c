// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/pool_options.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace sublet::adapters::postgres {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Range {
  const char* option;
  std::int64_t value, least, most;
  const char* unit;
};

constexpr std::size_t kMostSchemaBytes = 63;

bool is_identifier(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= kMostSchemaBytes && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), allowed);
}

Range time(const char* option, milliseconds value, milliseconds least, milliseconds most) {
  return {option, value.count(), least.count(), most.count(), " ms"};
}

}  // namespace

Result<void> check_options(const PoolOptions& options) {
  if (!is_identifier(options.schema)) {
    return Error{ErrorCode::kInvalidArgument,
                 "schema must be 1 to 63 of a-z, 0-9 and _, and begin with no digit"};
  }
  const std::array ranges = {
      Range{"connections", options.connections, 1, 256, ""},
      Range{"pipeline", options.pipeline, 1, 1000, ""},
      Range{"max_queue", options.max_queue, 1, 1'000'000, ""},
      time("connect_timeout", options.connect_timeout, milliseconds(100), seconds(60)),
      time("statement_timeout", options.statement_timeout, milliseconds(10), minutes(10)),
      time("queue_timeout", options.queue_timeout, milliseconds(0), minutes(10)),
      time("first_backoff", options.first_backoff, milliseconds(1), minutes(10)),
      time("last_backoff", options.last_backoff, milliseconds(1), minutes(10)),
      time("purge_interval", options.purge_interval, seconds(1), hours(24)),
  };
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return Error{ErrorCode::kInvalidArgument, std::string(range.option) + " is " +
                                                  std::to_string(range.value) + range.unit +
                                                  "; it must be " + std::to_string(range.least) +
                                                  " to " + std::to_string(range.most) + range.unit};
  }
  return {};
}

}  // namespace sublet::adapters::postgres
