// SPDX-License-Identifier: Apache-2.0
#include "policy/events/placement.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace sublet::policy {
namespace {

std::vector<std::string> members(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("member-" + std::to_string(i));
  return names;
}

std::string tenant(int i) { return "tenant-" + std::to_string(i); }

}  // namespace

TEST_CASE("placement: what is hashed is the same in every process and version") {
  CHECK(placement_hash("") == 0xF52A15E9A9B5E89BU);
  CHECK(placement_hash("acme") == 0x130A76222D4427EFU);
  CHECK(Placement({"a", "b", "c"}).places("acme", 3) ==
        std::vector<std::string_view>{"a", "c", "b"});
}

TEST_CASE("placement: places are different members, and is_place says the same") {
  const Placement placement(members(20));
  for (int i = 0; i < 200; ++i) {
    const auto places = placement.places(tenant(i), 3);
    REQUIRE(places.size() == 3);
    for (const std::string& member : placement.members()) {
      const bool expected = std::find(places.begin(), places.end(), member) != places.end();
      CHECK(placement.is_place(member, tenant(i), 3) == expected);
    }
    CHECK_FALSE(placement.is_place("stranger", tenant(i), 3));
    CHECK_FALSE(placement.is_place("member-1", tenant(i), 0));
  }
}

TEST_CASE("placement: the order and repetition of members mean nothing") {
  std::vector<std::string> names = members(9);
  const Placement one(names);
  std::reverse(names.begin(), names.end());
  names.push_back(names.front());
  const Placement other(names);
  CHECK(one.members() == other.members());
  for (int i = 0; i < 100; ++i) CHECK(one.places(tenant(i), 2) == other.places(tenant(i), 2));
}

TEST_CASE("placement: few members, or none") {
  CHECK(Placement().places("acme", 2).empty());
  CHECK_FALSE(Placement().is_place("a", "acme", 2));
  const Placement two({"a", "b"});
  CHECK(two.places("acme", 3).size() == 2);
  CHECK((two.is_place("a", "acme", 2) && two.is_place("b", "acme", 2)));
}

TEST_CASE("placement: tenants are spread evenly") {
  const Placement placement(members(50));
  std::map<std::string_view, int> load;
  for (int i = 0; i < 20'000; ++i) {
    for (const std::string_view place : placement.places(tenant(i), 2)) ++load[place];
  }
  REQUIRE(load.size() == 50);
  // 800 each, and about 28 of deviation: five times that is one in a million.
  for (const auto& [member, count] : load) CHECK(std::abs(count - 800) < 140);
}

TEST_CASE("placement: a member that comes or goes moves only its share") {
  const Placement before(members(50));
  const Placement after(members(51));
  int moved = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto old_places = before.places(tenant(i), 2);
    const auto new_places = after.places(tenant(i), 2);
    int others = 0;
    for (const std::string_view place : new_places) {
      if (place == "member-50") ++moved;
      if (std::find(old_places.begin(), old_places.end(), place) == old_places.end()) ++others;
    }
    // Nothing moves between those that stay.
    const bool took_one =
        std::find(new_places.begin(), new_places.end(), "member-50") != new_places.end();
    CHECK(others == (took_one ? 1 : 0));
  }
  // 5,000 tenants, 2 places each, one of 51 members: 196.
  CHECK(moved > 130);
  CHECK(moved < 270);
}

}  // namespace sublet::policy
