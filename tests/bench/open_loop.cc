// SPDX-License-Identifier: Apache-2.0
#include "bench/open_loop.h"

#include <thread>

#include "bench/host_side.h"
#include "bench/inputs.h"

namespace sublet::bench {

std::vector<double> OpenLoop::run_ms(double seconds) {
  const double all = rate_ * static_cast<double>(tenants_);
  const auto count = static_cast<std::size_t>(seconds * all);
  const auto gap_ns = static_cast<std::uint64_t>(1e9 / all);
  latencies_.assign(count, 0);
  left_ = static_cast<std::int64_t>(count);
  const auto start = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  for (std::size_t i = 0; i < count; ++i) {
    const auto due = start + std::chrono::nanoseconds(i * gap_ns);
    std::this_thread::sleep_until(due);
    begin(i, due);
  }
  done_.acquire();
  if (failed_ > 0) throw Failure(std::to_string(failed_) + " calls of the good tenants failed");
  return latencies_;
}

void OpenLoop::begin(std::size_t index, std::chrono::steady_clock::time_point due) {
  Event event;
  event.tenant = tenant_name(index % tenants_);
  event.event = kEventName;
  event.payload = payload_;
  const Result<void> accepted =
      host_.invoke_async(std::move(event), [this, index, due](const InvocationResult& result) {
        const std::chrono::duration<double, std::milli> latency =
            std::chrono::steady_clock::now() - due;
        latencies_[index] = latency.count();
        finish(result.ok());
      });
  if (!accepted) finish(false);
}

void OpenLoop::finish(bool ok) {
  if (!ok) ++failed_;
  if (left_.fetch_sub(1) == 1) done_.release();
}

}  // namespace sublet::bench
