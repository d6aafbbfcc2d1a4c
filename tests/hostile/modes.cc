// SPDX-License-Identifier: Apache-2.0
#include "hostile/modes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "hostile/memory.h"
#include "hostile/program.h"
#include "hostile/watched_host.h"

namespace sublet::hostile {
namespace {

// Two digits after the point are more than any of these figures is good for.
double rounded(double value) { return std::round(value * 100) / 100; }

void round_all(Message& report) {
  for (auto& [name, value] : report.items()) {
    if (value.is_number_float()) value = rounded(value.get<double>());
  }
}

void print(Message report, bool compact) {
  round_all(report);
  const std::string text =
      report.dump(compact ? -1 : 2, ' ', false, Message::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

std::unique_ptr<WatchedHost> start(const CommandLine& line) {
  auto host = std::make_unique<WatchedHost>(line.host, line.patience_ms);
  const auto quiet = host->ask({{"do", "quiet"}});
  if (!quiet.alive) throw std::runtime_error("the host does not start: " + quiet.death);
  if (quiet.message.contains("error")) {
    throw std::runtime_error(quiet.message["error"].get<std::string>());
  }
  return host;
}

const char* tier_name(const CommandLine& line) {
  return line.host.tier == Isolation::kSandboxed ? "sandboxed" : "in_process";
}

// What the host said of a program, and what was seen of the host.
Message report_of(const CommandLine& line, const std::string& path,
                  const WatchedHost::Answer& seen) {
  if (seen.alive && seen.message.contains("error")) {
    throw std::runtime_error(path + ": " + seen.message["error"].get<std::string>());
  }
  Message report = seen.message;
  if (!seen.alive) {
    report = {{"program", read_program(path).name},
              {"outcome", "host_died"},
              {"as_expected", false},
              {"good_tenant_ok", false},
              {"abandoned", 0},
              {"regain_ms", nullptr},
              {"detail", seen.death}};
  }
  report["tier"] = tier_name(line);
  report["host_alive"] = seen.alive;
  report["rss_before_mb"] = seen.before.sum();
  report["rss_peak_mb"] = std::max(seen.peak.sum(), seen.after.sum());
  report["rss_after_mb"] = seen.after.sum();
  report["host_rss_before_mb"] = seen.before.host;
  report["host_rss_peak_mb"] = std::max(seen.peak.host, seen.after.host);
  report["host_rss_after_mb"] = seen.after.host;
  return report;
}

std::vector<std::string> programs_below(const std::vector<std::string>& folders) {
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    for (auto entry = std::filesystem::recursive_directory_iterator(folder);
         entry != std::filesystem::recursive_directory_iterator(); ++entry) {
      if (entry->is_directory() && std::filesystem::exists(entry->path() / "extension.json")) {
        found.push_back(entry->path());
        entry.disable_recursion_pending();
      } else if (entry->path().extension() == ".js") {
        found.push_back(entry->path());
      }
    }
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) throw std::runtime_error("no programs there");
  return found;
}

// Sums over all programs of a run.
struct Sums {
  int programs = 0, deaths = 0, disturbed = 0, wrong = 0, unexpected = 0;
  std::vector<double> regains;
  Message abandoned = Message::array();
  // Their worker was replaced; all but the abandoned ones came back after all.
  Message given_up = Message::array();
  Message died = Message::array();
  Message disturbed_by = Message::array();
  Message unexpected_of = Message::array();
  // Expected to answer, and threw: a probe that found what it looked for.
  Message refuted = Message::array();
  Message outcomes = Message::object();
  double peak_growth_mb = 0;

  void add(const Message& report) {
    ++programs;
    const auto& name = report["program"];
    const auto list_if = [&name](bool condition, Message& list) {
      if (condition) list.push_back(name);
      return condition ? 1 : 0;
    };
    deaths += list_if(!report["host_alive"].get<bool>(), died);
    disturbed += list_if(!report["good_tenant_ok"].get<bool>(), disturbed_by);
    unexpected += list_if(!report["as_expected"].get<bool>(), unexpected_of);
    list_if(report["abandoned"].get<int>() > 0, abandoned);
    list_if(report.value("given_up", 0) > 0, given_up);
    list_if(report.value("expected", "") == "ok" && report["outcome"] == "exception", refuted);
    wrong += report.value("good_wrong", 0);
    if (report["regain_ms"].is_number()) regains.push_back(report["regain_ms"].get<double>());
    const std::string outcome = report["outcome"];
    outcomes[outcome] = outcomes.value(outcome, 0) + 1;
    peak_growth_mb = std::max(peak_growth_mb, report["rss_peak_mb"].get<double>() -
                                                  report["rss_before_mb"].get<double>());
  }

  double regain(double part) {
    if (regains.empty()) return 0;
    std::sort(regains.begin(), regains.end());
    const auto at = static_cast<std::size_t>(part * static_cast<double>(regains.size()));
    return regains[std::min(at, regains.size() - 1)];
  }

  Message summary() {
    return {{"programs", programs},
            {"outcomes", outcomes},
            {"deaths", deaths},
            {"died", died},
            {"disturbed", disturbed},
            {"disturbed_by", disturbed_by},
            {"good_wrong", wrong},
            {"unexpected", unexpected},
            {"unexpected_of", unexpected_of},
            {"refuted", refuted},
            {"abandoned", abandoned.size()},
            {"abandoned_by", abandoned},
            {"given_up", given_up.size()},
            {"given_up_by", given_up},
            {"regain_p99_ms", regain(0.99)},
            {"regain_max_ms", regain(1)},
            {"peak_growth_mb", peak_growth_mb}};
  }
};

bool holds(const CommandLine& line, const Message& summary) {
  const auto at_most = [&summary](const char* name, const std::optional<int>& most) {
    return !most || summary[name].get<double>() <= *most;
  };
  return summary["deaths"] == 0 && summary["disturbed"] <= line.disturbed_at_most &&
         summary["refuted"].empty() && summary["ended_in_order"] == true &&
         (!line.strict || summary["unexpected"] == 0) &&
         at_most("abandoned", line.abandoned_at_most) &&
         at_most("regain_p99_ms", line.regain_at_most_ms) &&
         at_most("rss_growth_mb", line.growth_at_most_mb);
}

}  // namespace

int run_one(const CommandLine& line) {
  if (line.paths.size() != 1) throw CommandLineError("one program at a time, or --all");
  read_program(line.paths.front());
  auto host = start(line);
  const auto seen = host->ask({{"do", "run"}, {"program", line.paths.front()}});
  Message report = report_of(line, line.paths.front(), seen);
  const std::string death = seen.alive ? host->end() : "";
  if (!death.empty()) {
    report["host_alive"] = false;
    report["detail"] = "at the end of the host: " + death;
  }
  print(report, line.compact);
  return report["host_alive"] == true && report["good_tenant_ok"] == true ? 0 : 1;
}

int run_all(const CommandLine& line) {
  Sums sums;
  auto host = start(line);
  std::optional<ResidentMemory> first;
  ResidentMemory last;
  for (const std::string& path : programs_below(line.paths)) {
    const auto seen = host->ask({{"do", "run"}, {"program", path}});
    const Message report = report_of(line, path, seen);
    sums.add(report);
    print(report, true);
    if (!first) first = seen.before;
    last = seen.after;
    if (!seen.alive) host = start(line);
  }
  Message summary = sums.summary();
  summary["host"] = host->ask({{"do", "figures"}}).message;
  const std::string death = host->end();
  summary["ended_in_order"] = death.empty();
  summary["tier"] = tier_name(line);
  summary["rss_start_mb"] = first->sum();
  summary["rss_end_mb"] = last.sum();
  summary["rss_growth_mb"] = last.sum() - first->sum();
  const bool held = holds(line, summary);
  summary["held"] = held;
  print({{"summary", summary}}, true);
  return held ? 0 : 1;
}

int run_soak(const CommandLine& line) {
  auto host = std::make_unique<WatchedHost>(line.host, line.patience_ms + line.soak_seconds * 1000);
  const auto quiet = host->ask({{"do", "quiet"}});
  if (!quiet.alive) throw std::runtime_error("the host does not start: " + quiet.death);
  const auto seen = host->ask({{"do", "soak"},
                               {"programs", programs_below(line.paths)},
                               {"seconds", line.soak_seconds},
                               {"attackers", line.attackers},
                               {"seed", line.seed}});
  Message report = seen.message;
  const std::string death = seen.alive ? host->end() : seen.death;
  report["tier"] = tier_name(line);
  report["deaths"] = death.empty() ? 0 : 1;
  report["death"] = death;
  report["rss_start_mb"] = seen.before.sum();
  report["rss_peak_mb"] = seen.peak.sum();
  report["rss_end_mb"] = seen.after.sum();
  print(report, line.compact);
  return death.empty() && report.value("good_tenant_ok", false) ? 0 : 1;
}

}  // namespace sublet::hostile
