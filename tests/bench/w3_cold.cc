// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

constexpr std::uint32_t kPool = 2;
// Lets the pool do its idle work once it is full.
constexpr double kPauseMs = 5;

// A host whose tenants have the bundle installed and have never been called.
struct ColdTenants {
  std::unique_ptr<ExtensionHost> host;
  std::uint32_t pool;
  std::size_t next = 0;

  ColdTenants(const Bundle& bundle, std::uint32_t warm_isolates, std::size_t tenants)
      : host(make_host(1, [&](HostOptions& options) { options.warm_isolates = warm_isolates; })),
        pool(warm_isolates) {
    for (std::size_t i = 0; i < tenants; ++i) checked(host->install(tenant_name(i), bundle));
  }

  // From accepted to outcome, without the wake-up of the caller.
  double first_call_ms(const std::string& json) {
    wait_until_ready(*host, pool);
    sleep_ms(kPauseMs);
    const Usage usage = invoke_ok(*host, tenant_name(next++), json).usage;
    return static_cast<double>((usage.queue_time + usage.wall_time).count()) / 1e6;
  }
};

}  // namespace

std::vector<Row> measure_cold_start(const Settings& settings) {
  const std::string json = read_input("event.json");
  { make_host(1); }  // starts V8, which makes the bundle
  const std::string source = make_large_bundle();
  const Bundle bundle = extension_of(source, State::kInvocation, Realm::kStandard);
  const std::size_t calls = settings.count(20), warmup = 3;
  const std::size_t tenants = warmup + calls * static_cast<std::size_t>(settings.rounds());
  ColdTenants pooled(bundle, kPool, tenants), empty(bundle, 0, tenants);
  RawColdStart raw(source, json);

  std::string out;
  for (std::size_t i = 0; i < warmup; ++i) {
    raw.start_ns(out);
    pooled.first_call_ms(json);
    empty.first_call_ms(json);
  }
  Rounds with_pool, without_pool;
  for (int round = 0; round < settings.rounds(); ++round) {
    std::vector<double> bare, warm, cold;
    for (std::size_t i = 0; i < calls; ++i) {
      sleep_ms(kPauseMs);
      bare.push_back(static_cast<double>(raw.start_ns(out)) / 1e6);
      warm.push_back(pooled.first_call_ms(json));
      cold.push_back(empty.first_call_ms(json));
    }
    with_pool.add(median(bare), median(warm));
    without_pool.add(median(bare), median(cold));
  }
  return {with_pool.row("W3",
                        "a new tenant's first answer, pool ready, against isolate + context +"
                        " cached compile + run",
                        "ms", 0.4),
          without_pool.row("W3_empty_pool", "the same with nothing in the pool", "ms", 1.1)};
}

}  // namespace sublet::bench
