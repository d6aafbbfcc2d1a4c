// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/host_name.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/egress/local_name.h"
#include "policy/egress/numeric_host.h"

namespace sublet::policy {
namespace {

std::string numeric(std::string_view text) {
  const auto address = read_numeric_host(text);
  return address ? address->to_string() : "none";
}

// "name", "name!" with an objection, "none".
std::string read(std::string_view text) {
  const auto host = read_host(text);
  if (!host) return "none";
  return host->name + (host->objection.empty() ? "" : "!");
}

}  // namespace

TEST_CASE("egress hosts: numbers are read as inet_aton reads them") {
  CHECK(numeric("2130706433") == "127.0.0.1");
  CHECK(numeric("0x7f000001") == "127.0.0.1");
  CHECK(numeric("017700000001") == "127.0.0.1");
  CHECK(numeric("127.1") == "127.0.0.1");
  CHECK(numeric("127.0.258") == "127.0.1.2");
  CHECK(numeric("0300.0250.0x1.1") == "192.168.1.1");
  CHECK(numeric("0") == "0.0.0.0");
  CHECK(numeric("0x") == "0.0.0.0");
  CHECK(numeric("00") == "0.0.0.0");
  CHECK(numeric("4294967295") == "255.255.255.255");
  CHECK(numeric("1.16777215") == "1.255.255.255");
  for (const char* text :
       {"4294967296", "1.16777216", "1.2.65536", "1.2.3.256", "256.1", "08", "1.2.3.4.5", "", ".",
        "1.", "1..2", "-1", "+1", "0x1g", "0xx1", "1 ", "99999999999999999999", "1.2.3.0x100"}) {
    CHECK_MESSAGE(numeric(text) == "none", text);
  }
}

TEST_CASE("egress hosts: what must be an IPv4 address") {
  for (const char* text :
       {"1", "a.1", "a.0x1f", "a.0X", "99999999999999999999", "a.0xffffffffffff"})
    CHECK_MESSAGE(ends_in_number(text), text);
  for (const char* text : {"a", "1.a", "a.0xg", "a.1a", "", "a."})
    CHECK_MESSAGE(!ends_in_number(text), text);
}

TEST_CASE("egress hosts: names") {
  CHECK(read("api.example.com") == "api.example.com");
  CHECK(read("API.Example.COM") == "api.example.com");
  CHECK(read("a_b.example.com") == "a_b.example.com");
  CHECK(read("r3---sn.example.com") == "r3---sn.example.com");
  CHECK(read("1a.2.com") == "1a.2.com");
  CHECK(read("xn--bcher-kva.example") == "xn--bcher-kva.example");
  CHECK(read("b\u00fccher.example") == "xn--bcher-kva.example");
  CHECK(read("\u0430pi.example.com") == "xn--pi-6kc.example.com");  // Cyrillic
  CHECK(read(std::string(63, 'a') + ".com") == std::string(63, 'a') + ".com");
  for (const char* text : {"",
                           ".",
                           "..",
                           "a..b",
                           ".a",
                           "a..",
                           "-a.com",
                           "a-.com",
                           "a b",
                           "a/b",
                           "a@b",
                           "a:b",
                           "*.a.com",
                           "a,b",
                           "a;b",
                           "a'b",
                           "a\"b",
                           "a|b",
                           "a^b",
                           "a`b",
                           "a{b",
                           "a<b",
                           "%",
                           "%2",
                           "%zz",
                           "a%00b",
                           "a%2fb",
                           "a%40b",
                           "a%252eb",
                           "\xff",
                           "a%ffb",
                           "xn--",
                           "xn--localhost-",
                           "xn--zzzz.com",
                           "\u2100.com",
                           "\u202eexample.com",
                           "[",
                           "]",
                           "[]",
                           "[1.2.3.4]",
                           "[::1",
                           "::1",
                           "[::1]a",
                           "[v1.a]",
                           "[::g]",
                           "1.2.3.4.5",
                           "256.0.0.1",
                           "08.0.0.1"}) {
    CHECK_MESSAGE(read(text) == "none", text);
  }
  CHECK(read(std::string(64, 'a') + ".com") == "none");
  std::string longest;
  while (longest.size() < 254) longest += "a.";
  CHECK(read(longest + "com") == "none");
}

TEST_CASE("egress hosts: other spellings are read for what they are, and objected to") {
  for (const char* text : {"127.1", "0x7f.1", "2130706433", "127.0.0.1.", "%31%32%37.1",
                           "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "127\uff0e0.0.1",
                           "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "0\uff587f.1"}) {
    CHECK_MESSAGE(read(text) == "127.0.0.1!", text);
  }
  CHECK(read("0127.0.0.1") == "87.0.0.1!");
  for (const char* text :
       {"localhost.", "%6cocalhost", "LOCAL%48OST", "local\u00adhost", "local\u200bhost",
        "\uff4cocalhost", "\u24dbocalhost", "local\ufeffhost"}) {
    CHECK_MESSAGE(read(text) == "localhost!", text);
  }
  CHECK(read("B\u00dcCHER.example") == "xn--bcher-kva.example!");
  CHECK(read("a\u3002com") == "a.com!");
}

TEST_CASE("egress hosts: addresses") {
  CHECK(read("1.2.3.4") == "1.2.3.4");
  CHECK(read("[::1]") == "::1");
  CHECK(read("[2001:DB8:0::1]") == "2001:db8::1");
  CHECK(read("[fe80::1%25eth0]") == "fe80::1!");
  CHECK(read("[fe80::1%eth0]") == "fe80::1!");
  CHECK(read_host("1.2.3.4")->address == IpAddress::v4(0x01020304));
  CHECK_FALSE(read_host("a.com")->address);
}

TEST_CASE("egress hosts: what is refused is named, and cannot forge a line") {
  CHECK(read_host("a\nb").refusal().reason == "the host \"a\\x0ab\" is no host name");
  CHECK(read_host("").refusal().reason == "the URL has no host");
  CHECK(read_host("[::g]").refusal().reason == "the host \"[::g]\" is no IPv6 address");
  CHECK(read_host("127.1")->objection == "is another spelling of 127.0.0.1");
  CHECK(read_host(std::string(5000, '-')).refusal().reason.size() < 200);
}

TEST_CASE("egress hosts: names for local use") {
  for (const char* name : {"metadata.google.internal", "instance-data", "metadata",
                           "x.metadata.google.internal", "metadata.tencentyun.com"}) {
    CHECK_MESSAGE(local_use_of(name) == "a metadata service", name);
  }
  for (const char* name : {"localhost", "a.localhost", "localhost.localdomain", "intranet-wiki",
                           "printer.local", "erp.internal", "router.home.arpa", "a.lan", "a.corp",
                           "kubernetes.default.svc", "a.onion"}) {
    CHECK_MESSAGE(!local_use_of(name).empty(), name);
  }
  for (const char* name :
       {"example.com", "mylocalhost.com", "localhost.example.com", "internal.com", "notlocal.net",
        "metadata.example.com", "home.arpa.example.com", "a.test", "api.example"}) {
    CHECK_MESSAGE(local_use_of(name).empty(), name);
  }
}

}  // namespace sublet::policy
