// SPDX-License-Identifier: Apache-2.0
#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/raw_v8.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

// After a burst: lets idle work and eviction come to an end before memory is read.
constexpr double kSettleMs = 1500;

double kibibytes(double bytes) { return bytes / 1024; }

void install_and_invoke(ExtensionHost& host, const Bundle& bundle, std::size_t from, std::size_t to,
                        const std::string& json) {
  for (std::size_t i = from; i < to; ++i) checked(host.install(tenant_name(i), bundle));
  for (std::size_t i = from; i < to; ++i) invoke_ok(host, tenant_name(i), json);
}

// Resident memory of each idle tenant beyond the first few, which pay for what is shared.
Findings idle_tenants(const Settings& settings, State state) {
  const std::string json = read_input("event.json");
  const Bundle bundle = extension_of(read_input("w1.js"), state, Realm::kStandard);
  const std::size_t first = 5, tenants = settings.count(1'000);
  auto host = make_host(2, [](HostOptions& o) { o.memory_budget = Bytes::mebibytes(8192); });
  install_and_invoke(*host, bundle, 0, first, json);
  sleep_ms(kSettleMs);
  const double before = resident_bytes();
  install_and_invoke(*host, bundle, first, first + tenants, json);
  sleep_ms(kSettleMs);
  const double each = (resident_bytes() - before) / static_cast<double>(tenants);
  return {{"kb_per_tenant", kibibytes(each)},
          {"isolates", static_cast<double>(host->stats().isolates)}};
}

// The latency of a call that gets an isolate from the full pool.
double pooled_call_ms(ExtensionHost& host, std::size_t tenant, const std::string& json) {
  wait_until_ready(host, 2);
  sleep_ms(5);
  const Usage usage = invoke_ok(host, tenant_name(tenant), json).usage;
  return static_cast<double>((usage.queue_time + usage.wall_time).count()) / 1e6;
}

}  // namespace

Findings probe_raw_memory(const Settings& settings) {
  const std::string json = read_input("event.json"), handler = read_input("w1.js");
  auto host = make_host(1, [](HostOptions& o) { o.warm_isolates = 0; });  // starts V8
  std::vector<std::unique_ptr<RawTenant>> tenants;
  std::string out;
  auto add = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      tenants.push_back(std::make_unique<RawTenant>(handler));
      tenants.back()->run(json, RawInput::kCopy, 1, out);
    }
  };
  add(5);
  const double before = resident_bytes();
  const std::size_t count = settings.count(1'000);
  add(count);
  return {{"kb_per_tenant", kibibytes((resident_bytes() - before) / static_cast<double>(count))}};
}

Findings probe_idle_tenants(const Settings& settings) {
  return idle_tenants(settings, State::kInvocation);
}

Findings probe_kept_state_tenants(const Settings& settings) {
  return idle_tenants(settings, State::kTenant);
}

// A budget that only a fraction of the tenants fits in: the rest are evicted.
Findings probe_evicted_tenants(const Settings& settings) {
  const std::string json = read_input("event.json");
  auto host = make_host(1, [](HostOptions& o) { o.memory_budget = Bytes::mebibytes(96); });
  const Bundle bundle = extension_of(make_large_bundle(), State::kInvocation, Realm::kStandard);
  const std::size_t first = 300, tenants = settings.count(3'000);
  install_and_invoke(*host, bundle, 0, first, json);
  sleep_ms(kSettleMs);
  const double before = resident_bytes();
  install_and_invoke(*host, bundle, first, first + tenants, json);
  sleep_ms(kSettleMs);
  const double each = (resident_bytes() - before) / static_cast<double>(tenants);

  // Tenants from the start were evicted long ago; the last ones have never been called.
  const std::size_t calls = settings.count(100), last = first + tenants;
  for (std::size_t i = 0; i < calls; ++i) checked(host->install(tenant_name(last + i), bundle));
  std::vector<double> returning, never_seen;
  for (std::size_t i = 0; i < calls; ++i) {
    returning.push_back(pooled_call_ms(*host, i, json));
    never_seen.push_back(pooled_call_ms(*host, last + i, json));
  }
  const HostStats stats = host->stats();
  return {{"bytes_per_tenant", each},
          {"evicted", static_cast<double>(stats.isolates_evicted)},
          {"isolates", static_cast<double>(stats.isolates)},
          {"returning_ms", median(returning)},
          {"never_seen_ms", median(never_seen)},
          {"returning_ratio", median(returning) / median(never_seen)}};
}

Findings probe_many_installed(const Settings& settings) {
  const std::string json = read_input("event.json");
  const Bundle bundle = extension_of(read_input("w1.js"), State::kInvocation, Realm::kStandard);
  auto host = make_host(2);
  const std::size_t installed = settings.count(100'000), active = 200;
  const std::uint64_t start = wall_ns();
  for (std::size_t i = 0; i < installed; ++i) checked(host->install(tenant_name(i), bundle));
  const double seconds = static_cast<double>(wall_ns() - start) / 1e9;
  const double before = resident_bytes();
  for (int call = 0; call < 5; ++call) {
    for (std::size_t i = 0; i < active; ++i)
      invoke_ok(*host, tenant_name(i * 311 % installed), json);
  }
  sleep_ms(kSettleMs);
  constexpr double kMebibyte = 1 << 20;
  return {{"installed", static_cast<double>(installed)},
          {"rss_mb", resident_bytes() / kMebibyte},
          {"rss_mb_before_calls", before / kMebibyte},
          {"install_us", seconds * 1e6 / static_cast<double>(installed)}};
}

std::vector<Row> measure_idle_memory(const Settings& settings) {
  Rounds rounds, kept_state;
  for (int round = 0; round < (settings.quick ? 1 : 3); ++round) {
    const double raw = run_probe("raw_memory", settings).at("kb_per_tenant");
    rounds.add(raw, run_probe("idle_tenants", settings).at("kb_per_tenant"));
    kept_state.add(raw, run_probe("kept_state_tenants", settings).at("kb_per_tenant"));
  }
  Row row =
      rounds.row("W4", "resident memory of an idle tenant, against isolate + context", "KiB", 1.1);
  const Findings evicted = run_probe("evicted_tenants", settings);
  const Findings many = run_probe("many_installed", settings);
  row.extra = {{"kept_state_ratio", kept_state.row("", "", "", 0).value},
               {"evicted_tenant_bytes", evicted.at("bytes_per_tenant")},
               {"evictions", evicted.at("evicted")},
               {"returning_ratio", evicted.at("returning_ratio")},
               {"returning_ms", evicted.at("returning_ms")},
               {"never_seen_ms", evicted.at("never_seen_ms")},
               {"installed_tenants", many.at("installed")},
               {"hundred_thousand_installed_rss_mb", many.at("rss_mb")},
               {"install_us", many.at("install_us")}};
  return {row};
}

}  // namespace sublet::bench
