// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/host_pattern.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::policy {
namespace {

HostPattern pattern(std::string_view text) {
  auto parsed = HostPattern::parse("hosts[0]", text);
  REQUIRE_MESSAGE(parsed, std::string(text));
  return *parsed;
}

bool covers(std::string_view entry, std::string_view url) {
  const auto parsed = parse_url(url, 8192);
  REQUIRE_MESSAGE(parsed, std::string(url));
  return pattern(entry).covers(parsed->target);
}

std::string both(std::string_view a, std::string_view b) {
  const auto found = intersect(pattern(a), pattern(b));
  // It does not matter which list says it.
  CHECK(found == intersect(pattern(b), pattern(a)));
  return found ? found->to_string() : "nothing";
}

}  // namespace

TEST_CASE("egress patterns: written and read") {
  for (const char* text : {"example.com", "*.example.com", "example.com:8443", "http://example.com",
                           "http://*.example.com:8080", "1.2.3.4", "[2001:db8::1]:8443",
                           "localhost", "erp.internal", "xn--bcher-kva.example"}) {
    CHECK(pattern(text).to_string() == text);
  }
  CHECK(pattern("https://Example.COM:443").to_string() == "example.com");
  CHECK(pattern("http://example.com:80").to_string() == "http://example.com");
  CHECK(pattern("b\u00fccher.example").to_string() == "xn--bcher-kva.example");
}

TEST_CASE("egress patterns: refused") {
  for (const char* text : {"",
                           "*",
                           "*.",
                           "**",
                           "*.*",
                           "*.*.com",
                           "a.*.com",
                           "a*.example.com",
                           "*example.com",
                           "*.com",
                           "*.co.uk",
                           "*.com.au",
                           "*.or.jp",
                           "*.localhost",
                           "*.1.2.3.4",
                           "*.[::1]",
                           "*.0x7f.1",
                           "127.1",
                           "2130706433",
                           "example.com.",
                           "example.com/",
                           "example.com/a",
                           "example.com?a",
                           "example.com#a",
                           "user@example.com",
                           "example.com:",
                           "example.com:0",
                           "example.com:*",
                           "example.com:0443",
                           "ftp://example.com",
                           "HTTPS://example.com",
                           "//example.com",
                           "example .com",
                           "example\\.com",
                           "a..b",
                           "\uff45xample.com",
                           "%65xample.com",
                           "::1",
                           "http://",
                           "https://*"}) {
    CHECK_MESSAGE(!HostPattern::parse("hosts[0]", text), text);
  }
  CHECK(HostPattern::parse("hosts[0]", "*.com").error().message ==
        "hosts[0] \"*.com\" is too wide: behind the '*' must stand a name that somebody has "
        "registered");
  CHECK(HostPattern::parse("hosts[0]", "a b").error().message ==
        "hosts[0] \"a b\" is no host: the host \"a b\" is no host name");
}

TEST_CASE("egress patterns: what they cover") {
  CHECK(covers("example.com", "https://example.com/a"));
  CHECK(covers("example.com", "https://EXAMPLE.com:443/"));
  CHECK_FALSE(covers("example.com", "https://a.example.com/"));
  CHECK_FALSE(covers("example.com", "https://example.com:8443/"));
  CHECK_FALSE(covers("example.com", "http://example.com/"));
  CHECK_FALSE(covers("example.com", "http://example.com:443/"));
  CHECK_FALSE(covers("example.com", "https://example.com.evil.org/"));
  CHECK_FALSE(covers("example.com", "https://evilexample.com/"));
  CHECK(covers("example.com:8443", "https://example.com:8443/"));
  CHECK_FALSE(covers("example.com:8443", "https://example.com/"));
  CHECK(covers("http://example.com", "http://example.com/"));
  CHECK_FALSE(covers("http://example.com", "https://example.com/"));
  CHECK(covers("*.example.com", "https://a.example.com/"));
  CHECK(covers("*.example.com", "https://a.b.example.com/"));
  CHECK_FALSE(covers("*.example.com", "https://example.com/"));
  CHECK_FALSE(covers("*.example.com", "https://evilexample.com/"));
  CHECK_FALSE(covers("*.example.com", "https://a.example.com:8443/"));
  CHECK(covers("1.2.3.4", "https://1.2.3.4/"));
  CHECK_FALSE(covers("1.2.3.4", "https://1.2.3.5/"));
  CHECK_FALSE(covers("1.2.3.4", "https://[::ffff:1.2.3.4]/"));
  CHECK(covers("[2001:db8::1]", "https://[2001:DB8:0::1]/"));
}

TEST_CASE("egress patterns: intersections") {
  CHECK(both("a.example.com", "a.example.com") == "a.example.com");
  CHECK(both("a.example.com", "b.example.com") == "nothing");
  CHECK(both("a.example.com", "*.example.com") == "a.example.com");
  CHECK(both("example.com", "*.example.com") == "nothing");
  CHECK(both("*.a.example.com", "*.example.com") == "*.a.example.com");
  CHECK(both("*.example.com", "*.example.com") == "*.example.com");
  CHECK(both("*.example.com", "*.example.org") == "nothing");
  CHECK(both("*.example.com", "*.evilexample.com") == "nothing");
  CHECK(both("a.example.com:8443", "*.example.com") == "nothing");
  CHECK(both("a.example.com:8443", "*.example.com:8443") == "a.example.com:8443");
  CHECK(both("http://a.example.com", "*.example.com") == "nothing");
  CHECK(both("1.2.3.4", "1.2.3.4") == "1.2.3.4");
  CHECK(both("1.2.3.4", "1.2.3.5") == "nothing");
}

TEST_CASE("egress patterns: intersections of lists") {
  const std::vector<HostPattern> manifest = {pattern("a.example.com"), pattern("*.example.net"),
                                             pattern("b.example.org")};
  const std::vector<HostPattern> host = {pattern("*.example.com"), pattern("a.example.com"),
                                         pattern("c.example.net"), pattern("d.example.net")};
  std::string text;
  for (const HostPattern& entry : intersect(manifest, host)) text += entry.to_string() + " ";
  CHECK(text == "a.example.com c.example.net d.example.net ");
  CHECK(intersect(manifest, {}).empty());
}

}  // namespace sublet::policy
