// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/egress.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::policy {
namespace {

EgressPolicy policy_of(std::initializer_list<const char*> hosts) {
  EgressPolicy policy;
  for (const char* host : hosts) {
    auto pattern = HostPattern::parse("hosts", host);
    REQUIRE_MESSAGE(pattern, host);
    policy.allowed.push_back(*pattern);
  }
  return policy;
}

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  REQUIRE_MESSAGE(parsed, std::string(text));
  return *parsed;
}

AddressRange range(std::string_view text) {
  const auto parsed = AddressRange::parse(text);
  REQUIRE_MESSAGE(parsed, std::string(text));
  return *parsed;
}

template <typename T>
std::string code(const Verdict<T>& verdict) {
  return verdict ? "allowed" : std::string(to_string(verdict.refusal().code));
}

std::string check(const EgressPolicy& policy, std::string_view url) {
  return code(check_url(policy, url));
}

// What is said of the URL, and then of the addresses.
std::string check(const EgressPolicy& policy, std::string_view url,
                  std::initializer_list<const char*> addresses) {
  const auto target = check_url(policy, url);
  if (!target) return code(target);
  std::vector<IpAddress> parsed;
  for (const char* text : addresses) parsed.push_back(address(text));
  return code(check_addresses(policy, *target, parsed));
}

}  // namespace

TEST_CASE("egress: nothing is allowed unless it is listed") {
  CHECK(check({}, "https://example.com/") == "egress_denied");
  const EgressPolicy policy = policy_of({"example.com", "*.example.net", "example.com:8443"});
  CHECK(check(policy, "https://example.com/") == "allowed");
  CHECK(check(policy, "https://a.example.net/") == "allowed");
  CHECK(check(policy, "https://example.com:8443/") == "allowed");
  CHECK(check(policy, "https://example.com:8444/") == "port_denied");
  CHECK(check(policy, "https://a.example.net:8443/") == "port_denied");
  CHECK(check(policy, "https://example.net/") == "egress_denied");
  CHECK(check(policy, "https://example.org:8443/") == "egress_denied");
  CHECK(check(policy, "https://1.1.1.1/") == "egress_denied");
  CHECK(check(policy, "http://example.com/") == "scheme_denied");
}

TEST_CASE("egress: plain http only where policy and list say so") {
  EgressPolicy policy = policy_of({"example.com", "http://example.net", "http://example.org:8080"});
  CHECK(check(policy, "http://example.net/") == "scheme_denied");
  policy.plain_http = true;
  CHECK(check(policy, "http://example.net/") == "allowed");
  CHECK(check(policy, "http://example.org:8080/") == "allowed");
  CHECK(check(policy, "http://example.org/") == "port_denied");
  CHECK(check(policy, "http://example.com/") == "scheme_denied");
  CHECK(check(policy, "https://example.net/") == "scheme_denied");
}

TEST_CASE("egress: every address must be public") {
  const EgressPolicy policy = policy_of({"example.com"});
  const char* url = "https://example.com/";
  CHECK(check(policy, url, {"1.1.1.1"}) == "allowed");
  CHECK(check(policy, url, {"1.1.1.1", "2606:4700::1111"}) == "allowed");
  CHECK(check(policy, url, {"1.1.1.1", "10.0.0.1"}) == "private_address");
  CHECK(check(policy, url, {"::ffff:1.1.1.1"}) == "private_address");
  CHECK(check(policy, url, {"64:ff9b::1.1.1.1"}) == "allowed");
  CHECK(check(policy, url, {"64:ff9b::10.0.0.1"}) == "private_address");
  CHECK(check(policy, url, {}) == "no_address");
}

TEST_CASE("egress: what the list cannot mend is told first") {
  const EgressPolicy policy =
      policy_of({"127.0.0.1", "localhost", "[::1]", "metadata.google.internal", "1.1.1.1"});
  CHECK(check(policy, "https://127.0.0.1/") == "private_address");
  CHECK(check(policy, "http://127.0.0.1:8080/") == "private_address");
  CHECK(check(policy, "https://[::1]/") == "private_address");
  CHECK(check(policy, "https://localhost/") == "private_address");
  CHECK(check(policy, "https://metadata.google.internal/") == "private_address");
  CHECK(check(policy, "https://0x7f.1/") == "private_address");
  CHECK(check(policy, "https://1.1.1.1/") == "allowed");
  CHECK(check(policy, "https://0x01010101/") == "bad_url");
  CHECK(check(policy, "https://1.1.1.1./") == "bad_url");
}

TEST_CASE("egress: reasons name what was wrong") {
  const EgressPolicy policy = policy_of({"example.com"});
  const auto reason = [&](const char* url) { return check_url(policy, url).refusal().reason; };
  CHECK(reason("https://10.0.0.1/") == "\"10.0.0.1\" means 10.0.0.1 (private)");
  CHECK(reason("https://[::ffff:10.0.0.1]/") ==
        "\"::ffff:10.0.0.1\" means ::ffff:10.0.0.1 (private; v4-mapped form of 10.0.0.1)");
  CHECK(reason("https://0x7f.1/") ==
        "\"127.0.0.1\" means 127.0.0.1 (loopback); the host \"0x7f.1\" is another spelling of "
        "127.0.0.1");
  CHECK(reason("https://example.org/") == "the host \"example.org\" is not on the allow-list");
  CHECK(reason("https://example.com:1/") ==
        "the allow-list does not have \"example.com\" with port 1");
  CHECK(reason("https://localhost/") == "the name \"localhost\" is kept for the machine itself");
}

TEST_CASE("egress: the host opens ranges, endpoints and names, and no more than these") {
  EgressPolicy policy = policy_of({"example.com", "example.com:8443", "10.1.2.3", "erp.internal",
                                   "crm.internal", "[::1]:8443"});
  const char* url = "https://example.com/";
  policy.opened_ranges = {range("10.0.0.0/8"), range("169.254.0.0/16"), range("fd00::/8")};
  CHECK(check(policy, url, {"10.1.2.3"}) == "allowed");
  CHECK(check(policy, "https://10.1.2.3/") == "allowed");
  CHECK(check(policy, "https://10.1.515/") == "bad_url");
  CHECK(check(policy, "https://10.1.2.4/") == "egress_denied");
  CHECK(check(policy, url, {"192.168.0.1"}) == "private_address");
  CHECK(check(policy, url, {"::ffff:10.1.2.3"}) == "private_address");
  CHECK(check(policy, url, {"169.254.1.1"}) == "allowed");
  CHECK(check(policy, url, {"169.254.169.254"}) == "private_address");
  CHECK(check(policy, url, {"fd00:ec2::254"}) == "private_address");
  policy.opened_endpoints = {{address("127.0.0.1"), 8443}, {address("::1"), 8443}};
  CHECK(check(policy, "https://example.com:8443/", {"127.0.0.1"}) == "allowed");
  CHECK(check(policy, "https://[::1]:8443/") == "allowed");
  CHECK(check(policy, url, {"127.0.0.1"}) == "private_address");
  CHECK(check(policy, "https://example.com:8443/", {"127.0.0.2"}) == "private_address");
  policy.opened_names = {"erp.internal"};
  CHECK(check(policy, "https://erp.internal/", {"10.0.0.1"}) == "allowed");
  CHECK(check(policy, "https://crm.internal/", {"10.0.0.1"}) == "private_address");
}

TEST_CASE("egress: the host's own listeners") {
  EgressPolicy policy = policy_of({"example.com", "example.com:8443"});
  policy.opened_ranges = {range("10.0.0.0/8")};
  policy.own_listeners = {{address("10.0.0.1"), 443}, {address("198.41.0.4"), 443}};
  const char* url = "https://example.com/";
  CHECK(check(policy, url, {"10.0.0.1"}) == "own_listener");
  CHECK(check(policy, url, {"198.41.0.4"}) == "own_listener");
  CHECK(check(policy, url, {"64:ff9b::198.41.0.4"}) == "own_listener");
  CHECK(check(policy, url, {"10.0.0.2"}) == "allowed");
  CHECK(check(policy, "https://example.com:8443/", {"10.0.0.1"}) == "allowed");
  policy.opened_endpoints = {{address("10.0.0.1"), 443}};
  CHECK(check(policy, url, {"10.0.0.1"}) == "allowed");
  CHECK(check(policy, url, {"198.41.0.4"}) == "own_listener");
}

TEST_CASE("egress: redirects are judged as requests are") {
  EgressPolicy policy =
      policy_of({"example.com", "example.com:8443", "http://example.com", "a.net"});
  policy.plain_http = true;
  const Target from = *check_url(policy, "https://example.com/a");
  const auto follow = [&](std::string_view location, unsigned followed = 0) {
    const auto redirect = check_redirect(policy, from, followed, location);
    if (!redirect) return code(redirect);
    return redirect->target.url() + (redirect->drop_secrets ? " without secrets" : "");
  };
  CHECK(follow("/b") == "https://example.com/b");
  CHECK(follow("b?c#d") == "https://example.com/b?c");
  CHECK(follow("https://EXAMPLE.com:443/b") == "https://example.com/b");
  CHECK(follow("https://example.com:8443/") == "https://example.com:8443/ without secrets");
  CHECK(follow("http://example.com/") == "http://example.com/ without secrets");
  CHECK(follow("//a.net/b") == "https://a.net/b without secrets");
  CHECK(follow("https://b.net/") == "egress_denied");
  CHECK(follow("https://user:password@a.net/") == "credentials_in_url");
  CHECK(follow("https://169.254.169.254/") == "private_address");
  CHECK(follow("//[::ffff:127.0.0.1]/") == "private_address");
  CHECK(follow("file:///etc/passwd") == "scheme_denied");
  CHECK(follow("") == "bad_url");
  CHECK(follow("\\\\a.net") == "bad_url");
  CHECK(follow("///a.net") == "bad_url");
  CHECK(follow("/" + std::string(9000, 'a')) == "url_too_long");
  CHECK(follow("/" + std::string(8180, 'a')) == "url_too_long");
  CHECK(follow("/b", 4) == "https://example.com/b");
  CHECK(follow("/b", 5) == "too_many_redirects");
  policy.max_redirects = 0;
  CHECK(follow("/b") == "too_many_redirects");
}

}  // namespace sublet::policy
