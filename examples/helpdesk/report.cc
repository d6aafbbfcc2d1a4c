// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace helpdesk {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kAnswerWidth = 88;

std::string cut(const std::string& text) {
  if (text.size() <= kAnswerWidth) return text;
  std::size_t end = kAnswerWidth;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end) + "...";
}

std::uint64_t percentile(std::vector<std::uint64_t> values, std::size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

void print_line(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stdout); }

// "acme onTicketCreate triage": how often each outcome came.
std::map<std::string, std::map<std::string, int>> count_outcomes(const std::vector<Call>& calls) {
  std::map<std::string, std::map<std::string, int>> counts;
  for (const Call& call : calls) {
    ++counts[call.tenant + " " + call.point + " " + call.extension][call.outcome];
  }
  return counts;
}

void check_ticket(const std::string& key, const Json& wanted, const TicketStore& store,
                  std::vector<std::string>& surprises) {
  const std::size_t slash = key.find('/');
  const auto ticket = store.find(key.substr(0, slash), std::stoull(key.substr(slash + 1)));
  if (!ticket) {
    if (!wanted.is_null()) surprises.push_back(key + " does not exist");
    return;
  }
  const Json found{{"team", ticket->team},
                   {"priority", ticket->priority},
                   {"status", ticket->status},
                   {"sla_minutes", ticket->sla_minutes},
                   {"body", ticket->body},
                   {"tags", ticket->tags},
                   {"last_note", ticket->notes.empty() ? "" : ticket->notes.back().text}};
  if (wanted.is_null()) surprises.push_back(key + " exists");
  for (const auto& [field, value] : wanted.items()) {
    if (found.at(field) == value) continue;
    surprises.push_back(
        fmt::format("{}: {} is {}, not {}", key, field, found.at(field).dump(), value.dump()));
  }
}

}  // namespace

void print_header() {
  print_line(fmt::format("{:<8} {:<17} {:<11} {:<19} {:>9} {:>9} {:>9} {:>8}  {}\n", "tenant",
                         "event", "extension", "outcome", "cpu us", "wall us", "queue us",
                         "heap KB", "answer"));
}

void print_row(const Call& call) {
  const std::string answer = (call.used_fallback ? "fallback; " : "") + call.answer;
  print_line(fmt::format("{:<8} {:<17} {:<11} {:<19} {:>9} {:>9} {:>9} {:>8}  {}\n", call.tenant,
                         call.point, call.extension, call.outcome, call.cpu, call.wall, call.queue,
                         call.peak_heap >> 10, cut(answer)));
}

void print_summary(const std::vector<Call>& calls, const ExtensionPoints& points) {
  std::map<std::string, int> outcomes;
  std::vector<std::uint64_t> cpu;
  std::vector<std::uint64_t> wall;
  for (const Call& call : calls) {
    ++outcomes[call.outcome];
    if (call.outcome != "ok") continue;
    cpu.push_back(call.cpu);
    wall.push_back(call.wall);
  }
  print_line(fmt::format("\n{} invocations:", calls.size()));
  for (const auto& [outcome, count] : outcomes) print_line(fmt::format(" {} {}", count, outcome));
  print_line(fmt::format(
      "\nthose that are ok: CPU p50 {} us, p99 {} us; wall p50 {} us, p99 {} us\n",
      percentile(cpu, 50), percentile(cpu, 99), percentile(wall, 50), percentile(wall, 99)));
  print_line(points.summary() + "\n");
}

std::vector<std::string> find_surprises(const std::filesystem::path& expected,
                                        const std::vector<Call>& calls, const TicketStore& store,
                                        const ExtensionPoints& points) {
  std::vector<std::string> surprises;
  std::ifstream file(expected);
  const Json wanted = Json::parse(file, nullptr, false);
  if (!wanted.is_object()) return {expected.string() + " cannot be read"};

  const Json outcomes(count_outcomes(calls));
  if (outcomes != wanted.at("outcomes")) surprises.push_back("outcomes are " + outcomes.dump());
  if (points.finished() != calls.size() || points.finished_twice() != 0) {
    surprises.push_back(fmt::format("{} calls, {} reported finished, {} of them twice",
                                    calls.size(), points.finished(), points.finished_twice()));
  }
  for (const auto& [key, value] : wanted.at("tickets").items()) {
    check_ticket(key, value, store, surprises);
  }
  return surprises;
}

}  // namespace helpdesk
