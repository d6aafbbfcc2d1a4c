// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/measure.h"

// Every work in a file of its own; main.cc lists them. Each runs in a process of its own, so that
// none inherits another's heap; what needs several clean processes asks for probes.
namespace sublet::bench {

std::vector<Row> measure_warm_call(const Settings& settings);         // W1, W2_frozen
std::vector<Row> measure_fresh_context(const Settings& settings);     // W2_pooled
std::vector<Row> measure_cold_start(const Settings& settings);        // W3, W3_empty_pool
std::vector<Row> measure_idle_memory(const Settings& settings);       // W4
std::vector<Row> measure_many_tenants(const Settings& settings);      // W5
std::vector<Row> measure_noisy_tenant(const Settings& settings);      // W6
std::vector<Row> measure_storage(const Settings& settings);           // W7, kv_get_overhead_us
std::vector<Row> measure_large_payload(const Settings& settings);     // W8
std::vector<Row> measure_control_regained(const Settings& settings);  // W9
std::vector<Row> measure_round_trip(const Settings& settings);        // W10
std::vector<Row> measure_new_sandbox(const Settings& settings);       // W11
std::vector<Row> measure_idle_sandboxes(const Settings& settings);    // W12
std::vector<Row> measure_kv_postgres(const Settings& settings);       // kv_postgres_vs_pgbench
// kv_sqlite_group_commit
std::vector<Row> measure_sqlite_group_commit(const Settings& settings);

std::vector<Row> measure_requests(
    const Settings& settings);  // proxy_* and transport_*: throughput, cpu
std::vector<Row> measure_slow_origin(const Settings& settings);  // slow_origin_p99

std::vector<Row> measure_publish(const Settings& settings);           // publish_sqlite_per_s
std::vector<Row> measure_publish_to_start(const Settings& settings);  // publish_to_start_p99_ms
std::vector<Row> measure_claim_at_10m(const Settings& settings);      // claim_at_10m
std::vector<Row> measure_events_postgres(const Settings& settings);   // events_postgres_vs_bare
std::vector<Row> measure_flood(const Settings& settings);             // flood_p99

// What a probe found, by name.
using Findings = std::map<std::string, double>;

// The probes of W4. Each is a clean process.
Findings probe_raw_memory(const Settings& settings);
Findings probe_idle_tenants(const Settings& settings);
Findings probe_kept_state_tenants(const Settings& settings);
Findings probe_evicted_tenants(const Settings& settings);
Findings probe_many_installed(const Settings& settings);

// The probes of W12.
Findings probe_idle_sandboxes(const Settings& settings);
Findings probe_kept_state_sandboxes(const Settings& settings);

// Runs a probe in a new process of this program. Throws Failure where it failed.
Findings run_probe(const std::string& name, const Settings& settings);

}  // namespace sublet::bench
