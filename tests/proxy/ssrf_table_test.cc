// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "policy/egress/egress.h"

// The table of spellings in ssrf_table.json: each is refused by the code that stands there, and
// what is private stays so when the allow-list names it.
namespace sublet::policy {
namespace {

constexpr std::size_t kFewestRefused = 150;

struct Row {
  std::string url;
  std::string expect;
  std::vector<IpAddress> addresses;
};

struct Table {
  EgressPolicy policy;
  std::vector<Row> rows;
};

std::vector<IpAddress> addresses_of(const std::string& resolve) {
  std::vector<IpAddress> addresses;
  std::istringstream rest(resolve.substr(resolve.find('=') + 1));
  for (std::string text; std::getline(rest, text, ',');) {
    const auto address = IpAddress::parse(text.substr(0, text.find('%')));
    REQUIRE_MESSAGE(address, resolve);
    addresses.push_back(*address);
  }
  return addresses;
}

Table read_table() {
  std::ifstream file(SUBLET_TEST_DATA "/ssrf_table.json");
  const auto json = nlohmann::json::parse(file);
  Table table;
  for (const auto& host : json.at("allow")) {
    const auto pattern = HostPattern::parse("allow", host.get<std::string>());
    REQUIRE_MESSAGE(pattern, host.get<std::string>());
    table.policy.allowed.push_back(*pattern);
  }
  for (const auto& row : json.at("rows")) {
    if (row.contains("about")) continue;
    table.rows.push_back({row.at("url"), row.at("expect"), addresses_of(row.value("resolve", ""))});
  }
  return table;
}

struct Judged {
  std::string code;
  std::string reason;
};

Judged judge(const EgressPolicy& policy, const Row& row) {
  const auto target = check_url(policy, row.url);
  if (!target) {
    return {std::string(to_string(target.refusal().code)), target.refusal().reason};
  }
  if (row.addresses.empty()) return {"allowed", ""};
  const auto passed = check_addresses(policy, *target, row.addresses);
  if (!passed) return {std::string(to_string(passed.refusal().code)), passed.refusal().reason};
  return {"allowed", ""};
}

bool is_printable(const std::string& text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

}  // namespace

TEST_CASE("SSRF table: no spelling gets through, each is refused with its code and a reason") {
  const Table table = read_table();
  std::set<std::string> refused;
  for (const Row& row : table.rows) {
    CAPTURE(row.url);
    const Judged judged = judge(table.policy, row);
    CHECK(judged.code == row.expect);
    CHECK(judged.reason.empty() == (row.expect == "allowed"));
    CHECK(is_printable(judged.reason));
    if (row.expect != "allowed") refused.insert(row.url);
  }
  CHECK(refused.size() >= kFewestRefused);
}

TEST_CASE("SSRF table: what is private stays private when the allow-list names it") {
  const Table table = read_table();
  std::size_t named = 0;
  for (const Row& row : table.rows) {
    if (row.expect != "private_address") continue;
    CAPTURE(row.url);
    const auto parsed = parse_url(row.url, table.policy.max_url_bytes);
    REQUIRE(parsed);
    const Target& target = parsed->target;
    EgressPolicy policy = table.policy;
    policy.plain_http = true;
    policy.allowed.push_back({false, target.host, target.address, target.scheme, target.port});
    CHECK(policy.allowed.back().covers(target));
    CHECK(judge(policy, row).code == "private_address");
    ++named;
  }
  CHECK(named >= kFewestRefused);
}

}  // namespace sublet::policy
