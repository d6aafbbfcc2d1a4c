// SPDX-License-Identifier: Apache-2.0

// sublet_bench: what Sublet costs beside bare V8, in the same binary and run.
//
//   sublet_bench [--only W1,W5] [--quick] [--json FILE]
//
// A ratio is taken inside a round, raw V8 and Sublet in turn; the table shows its median and its
// smallest and largest round. Every work runs in a process of its own; `--work W1` runs one in this
// process, for a profiler.
//
//   work           question                                                            target
//   W1             CPU of a warm call (1 KB in, 272 B out, all limits on, 64            1.15
//                  outstanding, everything the process does) against a bare pinned
//                  V8 call with the same JSON work
//   W2_frozen      CPU of a call with fresh state in a frozen realm against W1          1.25
//   W2_pooled      latency, first turn to outcome, of a call in a fresh context of      1.3
//                  the pool against raw V8 with a context made ready
//   W3             accepted to outcome (queue and wall time) of the first call of a     0.4
//                  tenant never seen, 100 KB bundle in the code cache, pool ready,
//                  against raw isolate + context + cached compile + run
//   W3_empty_pool  the same with no isolate ready                                       1.1
//   W4             resident memory of 1,000 idle tenants against raw isolate +          1.1
//                  context; an evicted tenant's bytes (under 4,096), its return
//                  against a tenant never seen; 100,000 installed with 200 active
//                  (under 1,024 MB)
//   W5             throughput of 1,000 tenants, Zipf(1.0), 8 closed loops, two          0.85
//                  workers, against raw V8 with lockers and one queue (at least)
//   W6             p99 of nine good tenants at 100 calls a second each, with one        1.5
//                  spinning at its CPU limit against without
//   W7             CPU of an invocation with 5 gets and 2 sets in memory against raw V8       1.3
//                  with deferred promises over a map; CPU of one get above the               25 us
//                  store's own
//   W8             CPU of a call with 1 MB in and out against raw V8                    1.1
//   W9             CPU time past a limit of 50 ms at which for(;;){} is ended, p99      5 ms
//   W10            latency of a warm sandboxed call, nothing else running, against a    2.0
//                  bare socket-pair echo of its bytes plus the same call in-process
//   W11            latency of the first call of a sandboxed tenant never seen, bundle   1.5
//                  installed and processes ready, against a bare fork of a process
//                  with a V8 isolate and context
//   W12            private memory of each of 1,000 idle sandboxed tenants' processes    1.5 MB
//   kv_sqlite_group_commit
//                  rate of durable puts, 64 at a time, against bare SQLite with one     10
//                  commit a put (at least)
//   kv_postgres_vs_pgbench
//                  single puts by the PostgreSQL store, 8 connections and puts under       0.8
//                  way, against pgbench with the same statements, pipelined too
//                  (at least); the server does not wait for the disk
//   proxy_throughput
//                  requests a second by templates with a secret, 64 at a time, TLS, ten in     0.85
//                  an invocation, against bare libcurl multi (at least)
//   proxy_cpu      CPU of one of these against the same, the invocation's share included       1.3
//   transport_throughput, transport_cpu
//                  the same of the transport alone, called in C++                     0.85, 1.3
//   slow_origin_p99
//                  p99 of invocations beside 64 that await an origin which takes 10 s,         1.3
//                  against without
//   publish_sqlite_per_s
//                  durable publications a second into SQLite, 64 publishers (at least)     10,000
//   publish_to_start_p99_ms
//                  from publish() to the handler's first line, idle host, SQLite           5 ms
//   events_postgres_vs_bare
//                  claim and settle, 16 at a time, 4 claimers, against a bare table with       0.6
//                  SKIP LOCKED, lease and delete (at least); no waiting for the disk
//   claim_at_10m   claim and settle 16 of 10 million deliveries against of 20,000, SQLite      1.5
//   flood_p99      p99 from publish() to start of ten tenants at ten a second each, beside     2.0
//                  one that publishes 100,000 at once, against without
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/child_process.h"
#include "bench/host_side.h"
#include "bench/report.h"
#include "bench/works.h"
#include "sublet/version.h"

namespace sublet::bench {
namespace {

struct Work {
  std::string name;
  std::vector<std::string> rows;  // their names in the report
  std::vector<Row> (*measure)(const Settings&);
};

const std::vector<Work>& works() {
  static const std::vector<Work> all = {
      {"W1", {"W1", "W2_frozen"}, measure_warm_call},
      {"W2", {"W2_pooled"}, measure_fresh_context},
      {"W3", {"W3", "W3_empty_pool"}, measure_cold_start},
      {"W4", {"W4"}, measure_idle_memory},
      {"W5", {"W5"}, measure_many_tenants},
      {"W6", {"W6"}, measure_noisy_tenant},
      {"W7", {"W7", "kv_get_overhead_us"}, measure_storage},
      {"W8", {"W8"}, measure_large_payload},
      {"W9", {"W9"}, measure_control_regained},
      {"W10", {"W10"}, measure_round_trip},
      {"W11", {"W11"}, measure_new_sandbox},
      {"W12", {"W12"}, measure_idle_sandboxes},
      {"kv_postgres_vs_pgbench", {"kv_postgres_vs_pgbench"}, measure_kv_postgres},
      {"kv_sqlite_group_commit", {"kv_sqlite_group_commit"}, measure_sqlite_group_commit},
      {"proxy",
       {"proxy_throughput", "proxy_cpu", "transport_throughput", "transport_cpu"},
       measure_requests},
      {"slow_origin_p99", {"slow_origin_p99"}, measure_slow_origin},
      {"publish_sqlite_per_s", {"publish_sqlite_per_s"}, measure_publish},
      {"publish_to_start_p99_ms", {"publish_to_start_p99_ms"}, measure_publish_to_start},
      {"events_postgres_vs_bare", {"events_postgres_vs_bare"}, measure_events_postgres},
      {"claim_at_10m", {"claim_at_10m"}, measure_claim_at_10m},
      {"flood_p99", {"flood_p99"}, measure_flood},
  };
  return all;
}

const std::map<std::string, Findings (*)(const Settings&)>& probes() {
  static const std::map<std::string, Findings (*)(const Settings&)> all = {
      {"raw_memory", probe_raw_memory},
      {"idle_tenants", probe_idle_tenants},
      {"kept_state_tenants", probe_kept_state_tenants},
      {"evicted_tenants", probe_evicted_tenants},
      {"many_installed", probe_many_installed},
      {"idle_sandboxes", probe_idle_sandboxes},
      {"kept_state_sandboxes", probe_kept_state_sandboxes},
  };
  return all;
}

struct Arguments {
  Settings settings;
  std::string only;   // comma-separated; empty: all
  std::string json;   // file; empty: none
  std::string work;   // set in the process of one work
  std::string probe;  // set in the process of one probe
  bool report = false;
  bool ok = true;
};

Arguments parse(int argc, char** argv) {
  Arguments parsed;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    std::string* value = name == "--only"    ? &parsed.only
                         : name == "--json"  ? &parsed.json
                         : name == "--work"  ? &parsed.work
                         : name == "--probe" ? &parsed.probe
                                             : nullptr;
    if (name == "--quick") {
      parsed.settings.quick = true;
    } else if (name == "--report") {
      parsed.report = true;
    } else if (value != nullptr && i + 1 < argc) {
      *value = argv[++i];
    } else {
      parsed.ok = false;
    }
  }
  return parsed;
}

// "W2" asks for every row of it, "W2_pooled" for the work that has this row.
bool wanted(const Work& work, const std::string& only) {
  if (only.empty()) return true;
  const std::string list = "," + only + ",";
  auto listed = [&](const std::string& name) { return list.find("," + name + ",") < list.size(); };
  if (listed(work.name)) return true;
  for (const std::string& row : work.rows) {
    if (listed(row)) return true;
  }
  return false;
}

std::vector<std::string> child_arguments(const std::string& kind, const std::string& name,
                                         const Settings& settings) {
  std::vector<std::string> arguments{kind, name, "--report"};
  if (settings.quick) arguments.push_back("--quick");
  return arguments;
}

std::vector<Row> failed_rows(const Work& work, const std::string& error) {
  std::vector<Row> rows;
  for (const std::string& name : work.rows) {
    Row row;
    row.work = name;
    row.error = error;
    rows.push_back(row);
  }
  return rows;
}

int run_all(const Arguments& arguments) {
  std::printf("Sublet %s, V8 %s\n", std::string(library_version()).c_str(),
              std::string(engine_version()).c_str());
  std::vector<Row> rows;
  bool failed = false;
  for (const Work& work : works()) {
    if (!wanted(work, arguments.only)) continue;
    std::fprintf(stderr, "%s ...\n", work.name.c_str());
    std::vector<Row> measured;
    try {
      measured = decode_rows(run_self(child_arguments("--work", work.name, arguments.settings)));
    } catch (const std::exception& error) {
      measured = failed_rows(work, error.what());
      failed = true;
    }
    rows.insert(rows.end(), measured.begin(), measured.end());
  }
  print_table(rows);
  if (!arguments.json.empty() && !write_json(rows, arguments.json)) {
    std::fprintf(stderr, "cannot write %s\n", arguments.json.c_str());
    failed = true;
  }
  return failed ? 1 : 0;
}

// The process of one work or probe.
int run_one(const Arguments& arguments) {
  for (const Work& work : works()) {
    if (work.name != arguments.work) continue;
    const std::vector<Row> rows = work.measure(arguments.settings);
    arguments.report ? write_report(encode(rows)) : print_table(rows);
    return 0;
  }
  const auto probe = probes().find(arguments.probe);
  if (probe == probes().end()) return 2;
  const std::string findings = encode(probe->second(arguments.settings));
  arguments.report ? write_report(findings) : void(std::puts(findings.c_str()));
  return 0;
}

int run_one_reporting_failure(const Arguments& arguments) {
  try {
    return run_one(arguments);
  } catch (const std::exception& error) {
    if (arguments.report) {
      write_report(encode_failure(error.what()));
    } else {
      std::fprintf(stderr, "failed: %s\n", error.what());
    }
    return 1;
  }
}

}  // namespace

Findings run_probe(const std::string& name, const Settings& settings) {
  return decode_findings(run_self(child_arguments("--probe", name, settings)));
}

}  // namespace sublet::bench

int main(int argc, char** argv) {
  const sublet::bench::Arguments arguments = sublet::bench::parse(argc, argv);
  if (!arguments.ok) {
    std::fprintf(stderr, "usage: sublet_bench [--only W1,W5] [--quick] [--json FILE]\n");
    return 2;
  }
  const bool child = !arguments.work.empty() || !arguments.probe.empty();
  return child ? sublet::bench::run_one_reporting_failure(arguments)
               : sublet::bench::run_all(arguments);
}
