// SPDX-License-Identifier: Apache-2.0
#include "host/own_listeners.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sublet::host {
namespace {

bool holds(const std::vector<policy::Endpoint>& all, std::string_view text) {
  return std::find(all.begin(), all.end(), *policy::Endpoint::parse(text)) != all.end();
}

TEST_CASE("own listeners: an address is itself") {
  const auto read = read_own_listeners({"203.0.113.7:8080", "[2001:db8::1]:443"});
  REQUIRE(read);
  CHECK(read->size() == 2);
  CHECK(holds(*read, "203.0.113.7:8080"));
  CHECK(holds(*read, "[2001:db8::1]:443"));
}

TEST_CASE("own listeners: every address of this machine for a socket bound to any") {
  const auto v4 = read_own_listeners({"0.0.0.0:8080"});
  REQUIRE(v4);
  CHECK(holds(*v4, "127.0.0.1:8080"));
  CHECK(std::all_of(v4->begin(), v4->end(),
                    [](const auto& each) { return each.port == 8080 && each.address.is_v4(); }));
  const auto both = read_own_listeners({"[::]:8080"});
  REQUIRE(both);
  CHECK(holds(*both, "127.0.0.1:8080"));
}

TEST_CASE("own listeners: what is none is named") {
  const auto bad = read_own_listeners({"127.0.0.1:80", "localhost:80"});
  REQUIRE_FALSE(bad);
  CHECK(
      bad.error().message.starts_with("HostOptions::requests.own_listeners[1]: \"localhost:80\""));
  CHECK_FALSE(read_own_listeners(std::vector<std::string>(101, "127.0.0.1:80")).has_value());
}

}  // namespace
}  // namespace sublet::host
