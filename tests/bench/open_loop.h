// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <semaphore>
#include <string>
#include <vector>

#include "sublet/extension_host.h"

namespace sublet::bench {

// Calls at fixed times whatever the answers take; a latency counts from the time a call was due.
class OpenLoop {
 public:
  // `calls_per_second` of each of the tenants named tenant_name(0) and so on.
  OpenLoop(ExtensionHost& host, std::size_t tenants, double calls_per_second, std::string payload)
      : host_(host), tenants_(tenants), rate_(calls_per_second), payload_(std::move(payload)) {}

  // The latencies of all calls, in milliseconds.
  std::vector<double> run_ms(double seconds);

 private:
  void begin(std::size_t index, std::chrono::steady_clock::time_point due);
  void finish(bool ok);

  ExtensionHost& host_;
  const std::size_t tenants_;
  const double rate_;
  const std::string payload_;
  std::vector<double> latencies_;
  std::atomic<std::int64_t> left_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::binary_semaphore done_{0};
};

}  // namespace sublet::bench
