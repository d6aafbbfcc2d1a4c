// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

constexpr std::size_t kOutstanding = 64;

// CPU time of one invocation in nanoseconds: the whole process, so queueing, completion, watchdog
// and the making of the event are in it.
double sublet_cpu_ns(ClosedLoop& loop, std::uint64_t count) {
  const std::uint64_t before = process_cpu_ns();
  loop.run_count(count);
  return static_cast<double>(process_cpu_ns() - before) / static_cast<double>(count);
}

double raw_cpu_ns(RawTenant& tenant, const std::string& json, std::uint64_t count) {
  std::string out;
  const std::uint64_t before = thread_cpu_ns();
  tenant.run(json, RawInput::kCopy, count, out);
  return static_cast<double>(thread_cpu_ns() - before) / static_cast<double>(count);
}

std::vector<double> blocking_latencies_us(ExtensionHost& host, const std::string& json,
                                          std::size_t count) {
  std::vector<double> latencies;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t start = wall_ns();
    invoke_ok(host, "kept", json);
    latencies.push_back(static_cast<double>(wall_ns() - start) / 1e3);
  }
  return latencies;
}

ClosedLoop loop_of(ExtensionHost& host, const std::string& json, const std::string& tenant) {
  return ClosedLoop(host, kOutstanding, json, [tenant](std::size_t) { return tenant; });
}

}  // namespace

std::vector<Row> measure_warm_call(const Settings& settings) {
  const std::string json = read_input("event.json");
  const std::string handler = read_input("w1.js");
  auto host = make_host(1);
  auto pair = make_host(2);
  const Bundle kept = extension_of(handler, State::kTenant, Realm::kStandard);
  checked(host->install("kept", kept));
  checked(pair->install("kept", kept));
  checked(host->install("frozen", extension_of(handler, State::kInvocation, Realm::kFrozen)));
  RawTenant raw(handler);
  std::string answer;
  raw.run(json, RawInput::kCopy, 1, answer);
  if (invoke_ok(*host, "kept", json).json != answer) throw Failure("Sublet's answer differs");
  if (invoke_ok(*host, "frozen", json).json != answer) throw Failure("the frozen answer differs");

  ClosedLoop warm = loop_of(*host, json, "kept"), frozen = loop_of(*host, json, "frozen"),
             two = loop_of(*pair, json, "kept");
  // V8's optimiser needs several thousand calls to settle, also for a quick run.
  const std::uint64_t warmup = 30'000, count = settings.count(60'000);
  raw_cpu_ns(raw, json, warmup);
  for (ClosedLoop* loop : {&warm, &frozen, &two}) loop->run_count(warmup);

  Rounds w1, w2, two_workers;
  for (int round = 0; round < settings.rounds(); ++round) {
    const double bare = raw_cpu_ns(raw, json, count);
    const double call = sublet_cpu_ns(warm, count);
    w1.add(bare / 1e3, call / 1e3);
    w2.add(call / 1e3, sublet_cpu_ns(frozen, count) / 1e3);
    two_workers.add(bare / 1e3, sublet_cpu_ns(two, count) / 1e3);
  }
  const std::vector<double> blocking = blocking_latencies_us(*host, json, settings.count(5'000));

  Row row = w1.row("W1", "CPU of a warm call, all limits on, against a pinned V8 call", "us", 1.15);
  row.extra = {{"two_workers_ratio", two_workers.row("", "", "", 0).value},
               {"invoke_p50_us", percentile(blocking, 0.5)},
               {"invoke_p99_us", percentile(blocking, 0.99)}};
  return {row, w2.row("W2_frozen", "CPU of a call with fresh state in a frozen realm, against W1",
                      "us", 1.25)};
}

}  // namespace sublet::bench
