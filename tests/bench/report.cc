// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/host_side.h"

namespace sublet::bench {
namespace {

using nlohmann::json;

json figures_of(const Row& row) {
  json figures = {{row.key, row.value},   {"sublet", row.sublet}, {"unit", row.unit},
                  {"target", row.target}, {"met", row.met()},     {"spread", {row.low, row.high}}};
  if (row.raw > 0) figures["raw"] = row.raw;
  for (const auto& [name, value] : row.extra) figures[name] = value;
  if (!row.error.empty()) figures = {{row.key, nullptr}, {"error", row.error}, {"met", false}};
  return figures;
}

json parse(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) throw Failure("the process of this work ended without a report");
  if (value.is_object() && value.contains("failure")) throw Failure(value["failure"]);
  return value;
}

void print_row(const Row& row) {
  if (!row.error.empty()) {
    std::printf("%-14s failed: %s\n", row.work.c_str(), row.error.c_str());
    return;
  }
  const std::string target =
      (row.at_least ? ">= " : "<= ") + std::to_string(row.target).substr(0, 4);
  char raw[32] = "-";
  if (row.raw > 0) std::snprintf(raw, sizeof raw, "%.4g", row.raw);
  std::printf("%-14s %10s %10.4g %-8s %8.3f  %-8s %-6s %.3f to %.3f\n", row.work.c_str(), raw,
              row.sublet, row.unit.c_str(), row.value, target.c_str(), row.met() ? "yes" : "NO",
              row.low, row.high);
  std::printf("    %s%s\n", row.question.c_str(),
              row.key == "ratio" ? "" : (" (" + row.key + ")").c_str());
  std::string line;
  for (const auto& [name, value] : row.extra) {
    char figure[96];
    std::snprintf(figure, sizeof figure, "%s%s %.4g", line.empty() ? "" : ", ", name.c_str(),
                  value);
    line += figure;
  }
  if (!line.empty()) std::printf("    %s\n", line.c_str());
}

}  // namespace

void print_table(const std::vector<Row>& rows) {
  std::printf("%-14s %10s %10s %-8s %8s  %-8s %-6s %s\n", "work", "raw", "sublet", "unit", "ratio",
              "target", "met", "rounds");
  for (const Row& row : rows) print_row(row);
  std::fflush(stdout);
}

bool write_json(const std::vector<Row>& rows, const std::string& file) {
  json report = json::object();
  for (const Row& row : rows) report[row.work] = figures_of(row);
  std::ofstream stream(file);
  stream << report.dump(2) << '\n';
  return static_cast<bool>(stream.flush());
}

std::string encode(const std::vector<Row>& rows) {
  json list = json::array();
  for (const Row& row : rows) {
    list.push_back({row.work, row.key, row.question, row.unit, row.raw, row.sublet, row.value,
                    row.low, row.high, row.target, row.at_least, row.extra, row.error});
  }
  return list.dump();
}

std::string encode(const Findings& findings) { return json(findings).dump(); }

std::string encode_failure(const std::string& message) { return json{{"failure", message}}.dump(); }

std::vector<Row> decode_rows(const std::string& text) {
  std::vector<Row> rows;
  for (const json& item : parse(text)) {
    Row row;
    std::size_t i = 0;
    for (std::string* field : {&row.work, &row.key, &row.question, &row.unit}) {
      *field = item.at(i++).get<std::string>();
    }
    for (double* field : {&row.raw, &row.sublet, &row.value, &row.low, &row.high, &row.target}) {
      *field = item.at(i++).get<double>();
    }
    row.at_least = item.at(i++).get<bool>();
    row.extra = item.at(i++).get<decltype(row.extra)>();
    row.error = item.at(i).get<std::string>();
    rows.push_back(std::move(row));
  }
  return rows;
}

Findings decode_findings(const std::string& text) { return parse(text).get<Findings>(); }

}  // namespace sublet::bench
