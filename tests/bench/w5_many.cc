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

// Every tenant a few times, so that a round never meets a new one.
std::vector<std::uint32_t> everybody(std::size_t tenants) {
  std::vector<std::uint32_t> all;
  for (int pass = 0; pass < 10; ++pass) {
    for (std::uint32_t i = 0; i < tenants; ++i) all.push_back(i);
  }
  return all;
}

}  // namespace

std::vector<Row> measure_many_tenants(const Settings& settings) {
  const std::string json = read_input("event.json"), handler = read_input("w1.js");
  const std::size_t tenants = settings.count(1'000);
  const std::vector<std::uint32_t> sequence = zipf(tenants, 1 << 18), all = everybody(tenants);
  auto host = make_host(kWorkers, [](HostOptions& o) { o.memory_budget = Bytes::mebibytes(8192); });
  const Bundle bundle = extension_of(handler, State::kTenant, Realm::kStandard);
  for (std::size_t i = 0; i < tenants; ++i) checked(host->install(tenant_name(i), bundle));
  RawFleet raw(handler, json, tenants);

  std::atomic<std::size_t> position{0};
  const std::vector<std::uint32_t>* turns = &all;
  ClosedLoop loop(*host, kClients, json, [&](std::size_t) {
    return tenant_name((*turns)[position.fetch_add(1) % turns->size()]);
  });
  loop.run_count(all.size());
  raw.run(all, kClients, kWorkers, settings.scaled(1));
  turns = &sequence;
  const double seconds = settings.scaled(1.5);
  raw.run(sequence, kClients, kWorkers, seconds);
  loop.run_seconds(seconds);

  loop.keep_latencies();
  Rounds rounds;
  std::vector<double> raw_p99, sublet_p99;
  for (int round = 0; round < settings.rounds(); ++round) {
    const RawFleet::Throughput bare = raw.run(sequence, kClients, kWorkers, seconds);
    const std::uint64_t start = wall_ns();
    const auto calls = static_cast<double>(loop.run_seconds(seconds));
    rounds.add(bare.calls_per_second, calls * 1e9 / static_cast<double>(wall_ns() - start));
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
