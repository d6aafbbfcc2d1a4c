// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "sublet/result.h"

namespace sublet::adapters::postgres {

// What connections are made and used with, whatever goes over them; see the public options of the
// same names.
struct PoolOptions {
  std::string schema;
  std::uint32_t connections = 0;
  std::uint32_t pipeline = 0;
  std::uint32_t max_queue = 0;
  std::chrono::milliseconds connect_timeout{};
  std::chrono::milliseconds statement_timeout{};
  std::chrono::milliseconds queue_timeout{};
  std::chrono::milliseconds first_backoff{};
  std::chrono::milliseconds last_backoff{};
  std::chrono::milliseconds purge_interval{};
};

// Of public options, which all have these.
template <typename Options>
PoolOptions pool_options(const Options& options) {
  return {options.schema,        options.connections,     options.pipeline,
          options.max_queue,     options.connect_timeout, options.statement_timeout,
          options.queue_timeout, options.first_backoff,   options.last_backoff,
          options.purge_interval};
}

// kInvalidArgument: names the option that is out of its range.
Result<void> check_options(const PoolOptions& options);

// Statements that go over all of a tenant's rows may take so many times the statement timeout.
inline constexpr int kLongWork = 20;

}  // namespace sublet::adapters::postgres
