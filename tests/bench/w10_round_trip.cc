// SPDX-License-Identifier: Apache-2.0
#include "bench/engine_side.h"
#include "bench/inputs.h"
#include "bench/sandbox_side.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

// Calls of one kind before it is the next one's turn: what disturbs the machine disturbs all.
constexpr std::size_t kBlock = 100;
// V8's optimiser needs several thousand calls to settle, also for a quick run.
constexpr std::size_t kWarmup = 20'000;

constexpr char kInProcess[] = "in_process";
constexpr char kSandboxed[] = "sandboxed";

void install_for(ExtensionHost& host, const std::string& tenant, const Bundle& bundle,
                 Isolation isolation) {
  TenantPolicy policy;
  policy.limits.wall_time = std::chrono::seconds(20);
  policy.isolation = isolation;
  checked(host.set_policy(tenant, policy));
  checked(host.install(tenant, bundle));
}

// Latencies in microseconds.
struct Latencies {
  std::vector<double> echo, in_process, sandboxed;

  double bare() const { return median(echo) + median(in_process); }
};

std::uint64_t invoke_ns(ExtensionHost& host, const std::string& tenant, const std::string& json) {
  const std::uint64_t start = wall_ns();
  invoke_ok(host, tenant, json);
  return wall_ns() - start;
}

template <typename Call>
void repeat(std::vector<double>& latencies, const Call& call) {
  for (std::size_t i = 0; i < kBlock; ++i) latencies.push_back(static_cast<double>(call()) / 1e3);
}

// The host's two tenants.
Latencies round_of_invocations(BareEcho& echo, ExtensionHost& host, const std::string& json,
                               std::size_t count) {
  Latencies found;
  for (std::size_t done = 0; done < count; done += kBlock) {
    repeat(found.echo, [&] { return echo.round_trip_ns(json); });
    repeat(found.in_process, [&] { return invoke_ns(host, kInProcess, json); });
    repeat(found.sandboxed, [&] { return invoke_ns(host, kSandboxed, json); });
  }
  return found;
}

// The same below the host: no queue, no second thread, no watchdog.
Latencies round_of_turns(BareEcho& echo, EngineCalls& in_process, EngineCalls& sandboxed,
                         const std::string& json, std::size_t count) {
  Latencies found;
  for (std::size_t done = 0; done < count; done += kBlock) {
    repeat(found.echo, [&] { return echo.round_trip_ns(json); });
    repeat(found.in_process, [&] { return in_process.call_ns(json); });
    repeat(found.sandboxed, [&] { return sandboxed.call_ns(json); });
  }
  return found;
}

}  // namespace

std::vector<Row> measure_round_trip(const Settings& settings) {
  const std::string json = read_input("event.json");
  constexpr std::size_t kAnswer = 272;  // checked below
  BareEcho echo(json.size(), kAnswer);
  auto host = make_sandboxed_host(1);
  const Bundle bundle = extension_of(read_input("w1.js"), State::kTenant, Realm::kStandard);
  install_for(*host, kInProcess, bundle, Isolation::kInProcess);
  install_for(*host, kSandboxed, bundle, Isolation::kSandboxed);
  const std::string answer = invoke_ok(*host, kInProcess, json).json;
  if (answer.size() != kAnswer) throw Failure("the echo's answer has another size");
  if (invoke_ok(*host, kSandboxed, json).json != answer) throw Failure("the tiers' answers differ");
  if (!checked(host->status(kSandboxed)).sandboxed) throw Failure("it is not sandboxed");
  EngineCalls here(bundle, EngineCalls::Tier::kInProcess);
  EngineCalls there(bundle, EngineCalls::Tier::kSandboxed);

  round_of_invocations(echo, *host, json, kWarmup);
  round_of_turns(echo, here, there, json, kWarmup);
  const std::size_t count = settings.count(5'000);
  Rounds invocations, turns;
  std::vector<double> echoes, calls, p99s, engine_calls;
  for (int round = 0; round < settings.rounds(); ++round) {
    const Latencies whole = round_of_invocations(echo, *host, json, count);
    invocations.add(whole.bare(), median(whole.sandboxed));
    echoes.push_back(median(whole.echo));
    calls.push_back(median(whole.in_process));
    p99s.push_back(percentile(whole.sandboxed, 0.99));
    const Latencies engine = round_of_turns(echo, here, there, json, count);
    turns.add(engine.bare(), median(engine.sandboxed));
    engine_calls.push_back(median(engine.in_process));
  }
  const Row engine = turns.row("", "", "", 0);
  Row row = invocations.row("W10",
                            "a warm sandboxed call, against a bare echo of its bytes and the call"
                            " in-process",
                            "us", 2.0);
  row.extra = {{"echo_us", median(echoes)},
               {"in_process_us", median(calls)},
               {"p99_us", median(p99s)},
               {"engine_ratio", engine.value},
               {"engine_in_process_us", median(engine_calls)},
               {"engine_us", engine.sublet}};
  return {row};
}

}  // namespace sublet::bench
