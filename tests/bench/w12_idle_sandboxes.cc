// SPDX-License-Identifier: Apache-2.0
#include "bench/inputs.h"
#include "bench/sandbox_side.h"
#include "bench/works.h"

namespace sublet::bench {
namespace {

// Lets idle work come to an end before memory is read.
constexpr double kSettleMs = 1500;
constexpr double kMegabyte = 1e6;

// Every tenant has run one invocation in a process of its own, and waits for the next.
Findings idle_sandboxes(const Settings& settings, State state) {
  const std::string json = read_input("event.json");
  const Bundle bundle = extension_of(read_input("w1.js"), state, Realm::kStandard);
  const std::size_t first = 5, tenants = settings.count(1'000);
  auto host = make_sandboxed_host(2, [](HostOptions& options) {
    options.memory_budget = Bytes::mebibytes(1 << 20);  // none is evicted
  });
  double before = 0;
  for (std::size_t i = 0; i < tenants; ++i) {
    checked(host->install(tenant_name(i), bundle));
    invoke_ok(*host, tenant_name(i), json);
    // The first few pay for what the host's side shares.
    if (i + 1 == first) before = resident_bytes();
  }
  sleep_ms(kSettleMs);
  const double host_side = resident_bytes() - before;
  const ProcessMemory sum = sandboxed_memory();
  if (sum.processes < tenants) {
    throw Failure("only " + std::to_string(sum.processes) + " processes are left");
  }
  const auto count = static_cast<double>(tenants);
  return {{"tenants", count},
          {"private_mb", sum.private_bytes / count / kMegabyte},
          {"proportional_mb", sum.proportional_bytes / count / kMegabyte},
          {"page_tables_mb", sum.page_table_bytes / count / kMegabyte},
          {"host_kb", host_side / static_cast<double>(tenants - first) / 1024}};
}

}  // namespace

Findings probe_idle_sandboxes(const Settings& settings) {
  return idle_sandboxes(settings, State::kInvocation);
}

Findings probe_kept_state_sandboxes(const Settings& settings) {
  return idle_sandboxes(settings, State::kTenant);
}

// Pages that a process still shares with the helper that it was forked from are not private to it.
std::vector<Row> measure_idle_sandboxes(const Settings& settings) {
  const Findings fresh = run_probe("idle_sandboxes", settings);
  const Findings kept = run_probe("kept_state_sandboxes", settings);
  Row row;
  row.work = "W12";
  row.key = "private_mb";
  row.question = "private memory of the process of an idle sandboxed tenant";
  row.unit = "MB";
  row.value = row.sublet = row.low = row.high = fresh.at("private_mb");
  row.target = 1.5;
  row.extra = {{"tenants", fresh.at("tenants")},
               {"kept_state_mb", kept.at("private_mb")},
               {"proportional_mb", fresh.at("proportional_mb")},
               {"page_tables_mb", fresh.at("page_tables_mb")},
               {"host_kb_per_tenant", fresh.at("host_kb")}};
  return {row};
}

}  // namespace sublet::bench
