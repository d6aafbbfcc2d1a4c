// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kClients = 8;
constexpr std::uint32_t kWorkers = 2;

// Tenants drawn by Zipf's law with exponent 1.
std::vector<std::uint32_t> zipf(std::size_t tenants, std::size_t count) {
  std::vector<double> cumulated;
  double sum = 0;
  for (std::size_t rank = 1; rank <= tenants; ++rank) {
    sum += 1.0 / static_cast<double>(rank);
    cumulated.push_back(sum);
  }
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> uniform(0, sum);
  std::vector<std::uint32_t> drawn(count);
  for (std::uint32_t& tenant : drawn) {
    const auto at = std::lower_bound(cumulated.begin(), cumulated.end(), uniform(generator));
    tenant = static_cast<std::uint32_t>(at - cumulated.begin());
  }
  return drawn;
}

// Ten passes over all tenants, so that a round never meets a new one, then Zipf's law.
std::vector<std::uint32_t> turns(std::size_t tenants, std::size_t warmup, std::size_t count) {
  std::vector<std::uint32_t> all;
  for (std::size_t i = 0; i < warmup; ++i) all.push_back(static_cast<std::uint32_t>(i % tenants));
  const std::vector<std::uint32_t> drawn = zipf(tenants, count);
  all.insert(all.end(), drawn.begin(), drawn.end());
  return all;
}

}  // namespace

// Both sides make the same calls in the same order, so that V8 has optimised as much of each
// tenant's code on either.
std::vector<Row> measure_many_tenants(const Settings& settings) {
  const std::string json = read_input("event.json"), handler = read_input("w1.js");
  const std::size_t tenants = settings.count(1'000), calls = settings.count(60'000);
  const std::size_t warmup = 10 * tenants;
  const auto rounds_to_do = static_cast<std::size_t>(settings.rounds());
  const std::vector<std::uint32_t> all = turns(tenants, warmup, calls * (rounds_to_do + 2));
  auto host = make_host(kWorkers, [](HostOptions& o) { o.memory_budget = Bytes::mebibytes(8192); });
  const Bundle bundle = extension_of(handler, State::kTenant, Realm::kStandard);
  for (std::size_t i = 0; i < tenants; ++i) checked(host->install(tenant_name(i), bundle));
  RawFleet raw(handler, json, tenants);
  std::atomic<std::size_t> position{0};
  ClosedLoop loop(*host, kClients, json,
                  [&](std::size_t) { return tenant_name(all[position.fetch_add(1)]); });
  std::size_t done = warmup + 2 * calls;
  raw.run(all, 0, done, kClients, kWorkers);
  loop.run_count(done);

  loop.keep_latencies();
  Rounds rounds;
  std::vector<double> raw_p99, sublet_p99;
  for (std::size_t round = 0; round < rounds_to_do; ++round, done += calls) {
    const RawFleet::Throughput bare = raw.run(all, done, calls, kClients, kWorkers);
    const std::uint64_t start = wall_ns();
    loop.run_count(calls);
    rounds.add(bare.calls_per_second,
               static_cast<double>(calls) * 1e9 / static_cast<double>(wall_ns() - start));
    raw_p99.push_back(bare.p99_ms);
    sublet_p99.push_back(percentile(loop.take_latencies(), 0.99));
  }
  Row row = rounds.row("W5", "throughput of 1,000 tenants on two workers, against V8 with lockers",
                       "calls/s", 0.85);
  row.at_least = true;
  row.extra = {{"raw_p99_ms", median(raw_p99)}, {"sublet_p99_ms", median(sublet_p99)}};
  return {row};
}

}  // namespace sublet::bench
