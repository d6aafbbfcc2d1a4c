// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"

#include "bench/inputs.h"
#include "bench/measure.h"

namespace sublet::bench {

void checked(const Result<void>& result) {
  if (!result) throw Failure(result.error().message);
}

std::unique_ptr<ExtensionHost> make_host(std::uint32_t workers,
                                         const std::function<void(HostOptions&)>& change) {
  HostOptions options;
  options.workers = workers;
  options.default_policy.limits.wall_time = std::chrono::seconds(20);
  if (change) change(options);
  return checked(ExtensionHost::create(std::move(options)));
}

std::string tenant_name(std::size_t number) { return "t" + std::to_string(number); }

void wait_until_ready(const ExtensionHost& host, std::uint64_t isolates) {
  const std::uint64_t give_up = wall_ns() + 2'000'000'000u;
  while (host.stats().isolates_ready < isolates && wall_ns() < give_up) sleep_ms(0.2);
}

void expect_ok(const InvocationResult& result) {
  if (result.ok()) return;
  throw Failure(std::string(to_string(result.outcome)) +
                (result.error ? ": " + result.error->message : std::string()));
}

InvocationResult invoke_ok(ExtensionHost& host, const std::string& tenant,
                           const std::string& payload) {
  Event event;
  event.tenant = tenant;
  event.event = kEventName;
  event.payload = payload;
  InvocationResult result = checked(host.invoke(std::move(event)));
  expect_ok(result);
  return result;
}

ClosedLoop::ClosedLoop(ExtensionHost& host, std::size_t clients, std::string payload,
                       NextTenant next)
    : host_(host), payload_(std::move(payload)), next_(std::move(next)), clients_(clients) {}

void ClosedLoop::run_count(std::uint64_t count) {
  left_ = static_cast<std::int64_t>(count);
  active_ = clients_.size();
  for (std::size_t i = 0; i < clients_.size(); ++i) begin(i);
  done_.acquire();
  if (!failure_.empty()) throw Failure(failure_);
}

std::vector<double> ClosedLoop::take_latencies() {
  std::vector<double> all;
  for (Client& client : clients_) {
    all.insert(all.end(), client.latencies.begin(), client.latencies.end());
    client.latencies.clear();
  }
  return all;
}

void ClosedLoop::begin(std::size_t client) {
  if (left_.fetch_sub(1, std::memory_order_relaxed) <= 0) return retire();
  if (keep_latencies_) clients_[client].started_ns = wall_ns();
  Event event;
  event.tenant = next_(client);
  event.event = kEventName;
  event.payload = payload_;
  const Result<void> accepted = host_.invoke_async(
      std::move(event),
      [this, client](const InvocationResult& result) { finished(client, result); });
  if (!accepted) {
    fail(accepted.error().message);
    retire();
  }
}

void ClosedLoop::finished(std::size_t client, const InvocationResult& result) {
  if (keep_latencies_) {
    Client& mine = clients_[client];
    mine.latencies.push_back(static_cast<double>(wall_ns() - mine.started_ns) / 1e6);
  }
  if (!result.ok()) {
    fail(std::string(to_string(result.outcome)) +
         (result.error ? ": " + result.error->message : std::string()));
  }
  begin(client);
}

void ClosedLoop::retire() {
  if (active_.fetch_sub(1) == 1) done_.release();
}

void ClosedLoop::fail(const std::string& message) {
  left_ = 0;
  std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = message;
}

}  // namespace sublet::bench
