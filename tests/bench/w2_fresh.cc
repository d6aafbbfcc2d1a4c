// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

// Time enough to make the context that replaces the used one, several times over.
constexpr double kPauseMs = 3;

double raw_us(RawReadyContexts& contexts, const std::string& json) {
  std::string out;
  const std::uint64_t time = contexts.call_ns(json, out);
  contexts.prepare();
  sleep_ms(kPauseMs);
  return static_cast<double>(time) / 1e3;
}

double sublet_us(ExtensionHost& host, const std::string& json, std::size_t& cold) {
  const InvocationResult result = invoke_ok(host, "fresh", json);
  sleep_ms(kPauseMs);
  if (result.usage.cold) ++cold;
  return static_cast<double>(result.usage.wall_time.count()) / 1e3;
}

}  // namespace

// Both sides pause between calls: a context made ready a while ago, on a processor that did other
// things since. The latency is from the first turn to the outcome.
std::vector<Row> measure_fresh_context(const Settings& settings) {
  const std::string json = read_input("event.json");
  const std::string handler = read_input("w1.js");
  auto host = make_host(1);
  checked(host->install("fresh", extension_of(handler, State::kInvocation, Realm::kStandard)));
  RawReadyContexts contexts(handler);
  contexts.prepare();
  contexts.prepare();

  std::size_t cold = 0;
  const std::size_t calls = settings.count(100);
  for (std::size_t i = 0; i < 20; ++i) {
    raw_us(contexts, json);
    sublet_us(*host, json, cold);
  }
  cold = 0;
  Rounds rounds;
  std::vector<double> without_pause, latencies;
  for (int round = 0; round < settings.rounds(); ++round) {
    std::vector<double> raw, sublet;
    for (std::size_t i = 0; i < calls; ++i) raw.push_back(raw_us(contexts, json));
    for (std::size_t i = 0; i < calls; ++i) sublet.push_back(sublet_us(*host, json, cold));
    rounds.add(median(raw), median(sublet));
    latencies.insert(latencies.end(), sublet.begin(), sublet.end());
    std::string out;
    for (std::size_t i = 0; i < calls; ++i) {
      without_pause.push_back(static_cast<double>(contexts.call_ns(json, out)) / 1e3);
      contexts.prepare();
    }
  }
  Row row = rounds.row(
      "W2_pooled", "latency with a fresh context from the pool, against a ready one", "us", 1.3);
  row.extra = {{"sublet_p99_us", percentile(latencies, 0.99)},
               {"raw_without_pause_us", median(without_pause)},
               {"cold_calls", static_cast<double>(cold)}};
  return {row};
}

}  // namespace sublet::bench
