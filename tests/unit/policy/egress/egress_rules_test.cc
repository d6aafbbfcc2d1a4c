// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/egress_rules.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sublet/tenant.h"

namespace sublet::policy {
namespace {

std::string refusal(const RequestPolicy& policy) {
  TenantPolicy whole;
  whole.requests = policy;
  const auto valid = sublet::validate(whole);
  return valid ? "accepted" : valid.error().message;
}

std::vector<std::string> texts(const std::vector<HostPattern>& patterns) {
  std::vector<std::string> out;
  for (const HostPattern& pattern : patterns) out.push_back(pattern.to_string());
  return out;
}

std::vector<HostPattern> patterns(const std::vector<std::string>& hosts) {
  std::vector<HostPattern> out;
  for (const std::string& host : hosts) out.push_back(*HostPattern::parse("host", host));
  return out;
}

TEST_CASE("egress rules: nothing is covered by default") {
  const auto rules = read_egress_rules({});
  REQUIRE(rules);
  CHECK_FALSE(rules->any_host);
  CHECK(rules->covered(patterns({"api.example.com"})).empty());
  CHECK(refusal({}) == "accepted");
}

TEST_CASE("egress rules: what the manifest names and the policy covers") {
  RequestPolicy policy;
  policy.hosts = {"*.example.com", "api.other.org:8443"};
  const auto rules = read_egress_rules(policy);
  REQUIRE(rules);
  CHECK(texts(rules->covered(patterns(
            {"api.example.com", "*.com.example", "api.other.org", "api.other.org:8443"}))) ==
        std::vector<std::string>{"api.example.com", "api.other.org:8443"});
}

TEST_CASE("egress rules: a star covers everything that is named") {
  RequestPolicy policy;
  policy.hosts = {"*", "api.example.com"};
  const auto rules = read_egress_rules(policy);
  REQUIRE(rules);
  CHECK(rules->any_host);
  CHECK(texts(rules->covered(patterns({"http://a.b.example:8080"}))) ==
        std::vector<std::string>{"http://a.b.example:8080"});
}

TEST_CASE("egress rules: addresses are ranges or endpoints, names are in lower case") {
  RequestPolicy policy;
  policy.opened_addresses = {"10.1.0.0/16", "127.0.0.1:8080", "[::1]:443", "192.0.2.1"};
  policy.opened_names = {"ERP.internal"};
  const auto rules = read_egress_rules(policy);
  REQUIRE(rules);
  REQUIRE(rules->opened_ranges.size() == 2);
  CHECK(rules->opened_ranges[0].prefix == 16);
  REQUIRE(rules->opened_endpoints.size() == 2);
  CHECK(rules->opened_endpoints[0].port == 8080);
  CHECK(rules->opened_endpoints[1].address.to_string() == "::1");
  CHECK(rules->opened_names == std::vector<std::string>{"erp.internal"});
}

TEST_CASE("egress rules: what is wrong is named, by its place") {
  const auto with = [](auto change) {
    RequestPolicy policy;
    change(policy);
    return refusal(policy);
  };
  CHECK(with([](auto& p) { p.hosts = {"a.example", "*.com"}; }).starts_with("requests.hosts[1]"));
  CHECK(with([](auto& p) { p.hosts.assign(1001, "a.example"); }) ==
        "requests.hosts: has 1001 entries; it may have at most 1000");
  for (const char* text : {"10.1.2.3/8", "localhost", "127.0.0.1:0", "127.0.0.1:65536",
                           "[127.0.0.1]:80", "127.0.0.1:80x", "", ":80"}) {
    CAPTURE(text);
    CHECK(with([&](auto& p) {
            p.opened_addresses = {"10.0.0.0/8", text};
          }).starts_with("requests.opened_addresses[1]"));
  }
  CHECK(with([](auto& p) { p.opened_names = {"a b"}; }).starts_with("requests.opened_names[0]"));
  CHECK(with([](auto& p) { p.rate.count = 0; }).starts_with("requests.rate.count is 0"));
  CHECK(with([](auto& p) {
          p.extension_rate.per = std::chrono::milliseconds(0);
        }).starts_with("requests.extension_rate.per"));
  CHECK(with([](auto& p) {
          p.origin_rate.burst = 1'000'000'001;
        }).starts_with("requests.origin_rate.burst"));
  CHECK(with([](auto& p) { p.max_under_way = 0; }).starts_with("requests.max_under_way is 0"));
  CHECK(with([](auto& p) {
          p.max_under_way_per_origin = 100'001;
        }).starts_with("requests.max_under_way_per_origin is 100001"));
  CHECK(with([](auto& p) { p.max_redirects = 21; }).starts_with("requests.max_redirects is 21"));
  CHECK(with([](auto& p) {
          p.breaker.failure_ratio = 0;
        }).starts_with("requests.breaker.failure_ratio"));
}

}  // namespace
}  // namespace sublet::policy
