// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/egress_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/ascii.h"
#include "policy/field_checker.h"
#include "policy/names.h"
#include "policy/request/parameters.h"
#include "policy/resilience/breaker_options.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kMaxHosts = 1000;
constexpr std::size_t kMaxOpened = 100;

Error refuse(std::string_view field, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", field, what)};
}

std::string place(std::string_view list, std::size_t index) {
  return fmt::format("requests.{}[{}]", list, index);
}

Result<void> check_count(std::string_view list, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return refuse(fmt::format("requests.{}", list),
                fmt::format("has {} entries; it may have at most {}", count, most));
}

Result<void> read_hosts(const RequestPolicy& policy, EgressRules& rules) {
  if (auto checked = check_count("hosts", policy.hosts.size(), kMaxHosts); !checked) return checked;
  for (std::size_t i = 0; i < policy.hosts.size(); ++i) {
    if (policy.hosts[i] == "*") {
      rules.any_host = true;
      continue;
    }
    auto pattern = HostPattern::parse(place("hosts", i), policy.hosts[i]);
    if (!pattern) return pattern.error();
    rules.hosts.push_back(std::move(*pattern));
  }
  return {};
}

Result<void> read_addresses(const RequestPolicy& policy, EgressRules& rules) {
  const auto& texts = policy.opened_addresses;
  if (auto checked = check_count("opened_addresses", texts.size(), kMaxOpened); !checked) {
    return checked;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const auto range = AddressRange::parse(texts[i])) {
      rules.opened_ranges.push_back(*range);
    } else if (const auto endpoint = Endpoint::parse(texts[i])) {
      rules.opened_endpoints.push_back(*endpoint);
    } else {
      return refuse(place("opened_addresses", i),
                    in_quotes(texts[i]) +
                        " is no address, range (10.1.0.0/16) or address with port "
                        "(127.0.0.1:8080, [::1]:8080)");
    }
  }
  return {};
}

Result<void> read_names(const RequestPolicy& policy, EgressRules& rules) {
  const auto& names = policy.opened_names;
  if (auto checked = check_count("opened_names", names.size(), kMaxOpened); !checked) {
    return checked;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is_domain(names[i])) {
      return refuse(place("opened_names", i), in_quotes(names[i]) + " is no host name");
    }
    rules.opened_names.push_back(base::lower_case(names[i]));
  }
  return {};
}

FieldChecker& check_rate(FieldChecker& checker, const std::string& field, const Rate& rate) {
  using namespace std::chrono_literals;
  constexpr std::uint32_t kMost = 1'000'000'000;
  return checker.between<std::uint32_t>(field + ".count", rate.count, 1, kMost)
      .between<std::chrono::milliseconds>(field + ".per", rate.per, 1ms, 24h)
      .between<std::uint32_t>(field + ".burst", rate.burst, 0, kMost);
}

}  // namespace

std::vector<HostPattern> EgressRules::covered(const std::vector<HostPattern>& declared) const {
  return any_host ? declared : intersect(declared, hosts);
}

Result<EgressRules> read_egress_rules(const RequestPolicy& policy) {
  EgressRules rules;
  if (auto read = read_hosts(policy, rules); !read) return read.error();
  if (auto read = read_addresses(policy, rules); !read) return read.error();
  if (auto read = read_names(policy, rules); !read) return read.error();
  return rules;
}

Result<void> validate(const RequestPolicy& policy, std::string_view prefix) {
  const auto rules = read_egress_rules(policy);
  if (!rules) return rules.error();
  FieldChecker checker(prefix);
  check_rate(checker, "rate", policy.rate);
  check_rate(checker, "extension_rate", policy.extension_rate);
  check_rate(checker, "origin_rate", policy.origin_rate);
  const auto ranges =
      checker.between<std::uint32_t>("max_under_way", policy.max_under_way, 1, 100'000)
          .between<std::uint32_t>("max_under_way_per_origin", policy.max_under_way_per_origin, 1,
                                  100'000)
          .between<std::uint32_t>("max_redirects", policy.max_redirects, 0, 20)
          .result();
  if (!ranges) return ranges;
  return validate(policy.breaker, std::string(prefix) + "breaker.");
}

}  // namespace sublet::policy
