// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

#include "sublet/extension_host.h"

namespace sublet::bench {

// A work that cannot be done; ends up in its row of the report.
class Failure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename T>
T checked(Result<T> result) {
  if (!result) throw Failure(result.error().message);
  return std::move(result).value();
}
void checked(const Result<void>& result);

// A host with the library's defaults but for the number of workers, and for a wall-time limit that
// a busy machine does not reach; `change` sets what else differs.
std::unique_ptr<ExtensionHost> make_host(std::uint32_t workers,
                                         const std::function<void(HostOptions&)>& change = nullptr);

// The name of the tenant with this number.
std::string tenant_name(std::size_t number);

// Waits until `isolates` unassigned isolates are ready, at most two seconds.
void wait_until_ready(const ExtensionHost& host, std::uint64_t isolates);

// Throws unless the outcome is ok.
void expect_ok(const InvocationResult& result);

// invoke() whose outcome must be ok.
InvocationResult invoke_ok(ExtensionHost& host, const std::string& tenant,
                           const std::string& payload);

// A fixed number of clients, each with one invocation under way; the completion begins the next.
class ClosedLoop {
 public:
  // Names the tenant of a client's next call. Called from worker threads.
  using NextTenant = std::function<std::string(std::size_t client)>;

  ClosedLoop(ExtensionHost& host, std::size_t clients, std::string payload, NextTenant next);

  // Begins `count` invocations and waits for the last one.
  void run_count(std::uint64_t count);

  // Keeps the latency of every call from now on, in milliseconds; take_latencies() empties it.
  void keep_latencies() { keep_latencies_ = true; }
  std::vector<double> take_latencies();

 private:
  // What one client writes; only its own completions touch it.
  struct alignas(64) Client {
    std::uint64_t started_ns = 0;
    std::vector<double> latencies;
  };

  void begin(std::size_t client);
  void finished(std::size_t client, const InvocationResult& result);
  void retire();
  void fail(const std::string& message);

  ExtensionHost& host_;
  const std::string payload_;
  const NextTenant next_;
  std::vector<Client> clients_;
  bool keep_latencies_ = false;
  std::atomic<std::int64_t> left_{0};
  std::atomic<std::size_t> active_{0};
  std::binary_semaphore done_{0};
  std::mutex mutex_;
  std::string failure_;
};

}  // namespace sublet::bench
