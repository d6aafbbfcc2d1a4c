// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

TEST_CASE_FIXTURE(ProxyFixture, "what the allow-list has not does not leave") {
  CHECK(code_of(plan("https://example.net/")) == "egress_denied");
  CHECK(code_of(plan("https://api.example.com:8443/")) == "port_denied");
  CHECK(code_of(plan("http://api.example.com/")) == "scheme_denied");
  CHECK(code_of(plan("https://u:p@api.example.com/")) == "credentials_in_url");
  CHECK(code_of(plan("https://127.0.0.1/")) == "private_address");
  CHECK(code_of(plan("https://0x7f.1/")) == "private_address");
  CHECK(code_of(plan("nonsense")) == "bad_url");
  CHECK(transport->sent.empty());
  CHECK(resolver->asked.empty());
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "a template's own host is allowed where the host's policy covers it") {
  always(response(200));
  auto planned = plan("https://shop.example.net/");
  planned.declared = pattern("shop.example.net");
  CHECK(code_of(planned) == "egress_denied");
  access.hosts.push_back(pattern("*.example.net"));
  CHECK(code_of(planned) == "");
  CHECK(code_of(plan("https://shop.example.net/")) == "egress_denied");
  access.hosts.clear();
  access.any_host = true;
  CHECK(code_of(planned) == "");
}

TEST_CASE_FIXTURE(ProxyFixture, "all addresses of a name are checked, and none is told") {
  resolver->addresses["api.example.com"] = {"93.184.216.34", "10.1.2.3"};
  const auto answer = ask();
  CHECK(code(answer) == "private_address");
  CHECK(answer.error->message.find("10.1.2.3") == std::string::npos);
  CHECK(transport->sent.empty());
  CHECK(proxy().figures().under_way == 0);
  for (const char* bad :
       {"::ffff:127.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::a00:1"}) {
    resolver->addresses["api.example.com"] = {bad};
    CHECK(code(ask()) == "private_address");
  }
  resolver->addresses["api.example.com"] = {};
  CHECK(code(ask()) == "no_address");
  resolver->addresses["api.example.com"] = {"not an address"};
  CHECK(code(ask()) == codes::kNameUnavailable);
  CHECK(transport->sent.empty());
}

TEST_CASE_FIXTURE(ProxyFixture, "whether the host itself listens there is not told either") {
  access.egress.own_listeners = {{*policy::IpAddress::parse("93.184.216.34"), 443}};
  CHECK(code(ask()) == "private_address");
}

TEST_CASE_FIXTURE(ProxyFixture, "names that are not there, and names that nobody can tell") {
  resolver->fault = Error{ErrorCode::kNotFound, "none"};
  CHECK(code(ask()) == codes::kNameNotFound);
  CHECK(faults.empty());
  resolver->fault = Error{ErrorCode::kUnavailable, "server 10.0.0.53 is silent"};
  const auto answer = ask();
  CHECK(code(answer) == codes::kNameUnavailable);
  CHECK(answer.error->message.find("10.0.0.53") == std::string::npos);
  CHECK(faults == std::vector<std::string>{"resolver: server 10.0.0.53 is silent"});
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "a connection's own address is checked again, late and without the proxy") {
  always(response(200));
  ask();
  const auto permits = last_sent().permits;
  made.reset();
  CHECK(permits("93.184.216.34", 443));
  CHECK_FALSE(permits("93.184.216.34", 80));
  CHECK_FALSE(permits("127.0.0.1", 443));
  CHECK_FALSE(permits("::ffff:10.0.0.1", 443));
  CHECK_FALSE(permits("169.254.169.254", 443));
  CHECK_FALSE(permits("93.184.216.034", 443));
  CHECK_FALSE(permits("", 443));
}

TEST_CASE_FIXTURE(ProxyFixture, "a host that is an address needs no resolver") {
  access.egress.allowed.push_back(pattern("93.184.216.34"));
  always(response(200));
  CHECK(code_of(plan("https://93.184.216.34/")) == "");
  CHECK(resolver->asked.empty());
  CHECK(last_sent().addresses == std::vector<std::string>{"93.184.216.34"});
}

TEST_CASE_FIXTURE(ProxyFixture, "tenants, and policies of one tenant, share no connections") {
  always(response(200));
  ask();
  const std::string pool = last_sent().pool;
  CHECK(pool.starts_with(std::string("acme\0", 5)));
  access.extension = "other";
  ask();
  CHECK(last_sent().pool == pool);
  access.tenant = "beta";
  ask();
  CHECK(last_sent().pool != pool);
  access.tenant = "acme";
  access.egress.opened_ranges.push_back(*policy::AddressRange::parse("10.1.0.0/16"));
  ask();
  CHECK(last_sent().pool != pool);
}

TEST_CASE_FIXTURE(ProxyFixture, "plain HTTP only where the policy says so") {
  access.egress.plain_http = true;
  always(response(200));
  CHECK(code_of(plan("http://api.example.com/")) == "");
}

}  // namespace
}  // namespace sublet::test
