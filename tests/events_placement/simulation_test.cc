// SPDX-License-Identifier: Apache-2.0
#include "events_placement/simulation.h"

#include <doctest/doctest.h>

#include "policy/events/placement.h"

namespace sublet::test {

TEST_CASE("placement simulation: it places as policy::Placement does") {
  const Fleet fleet = make_fleet(30, 200);
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back("member-" + std::to_string(i));
  const policy::Placement placement(names);
  const auto all = place_all(fleet);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto expected = placement.places("tenant-" + std::to_string(i), kMostPlaces);
    for (std::size_t rank = 0; rank < kMostPlaces; ++rank) {
      CHECK(expected[rank] == names[all[i][rank]]);
    }
  }
}

TEST_CASE("placement simulation: balance, moves and warm isolates in small") {
  constexpr std::size_t kMembers = 50;
  constexpr std::size_t kTenants = 20'000;
  const Fleet fleet = make_fleet(kMembers, kTenants);
  const auto all = place_all(fleet);
  const auto without_one = place_all(fleet, 1);

  const Balance balance = balance_of(all, kMembers, 2);
  CHECK(balance.mean == 800);
  CHECK(balance.most / balance.mean < 1.2);
  CHECK(balance.deviation / balance.mean < 0.06);

  for (const Moves& moves :
       {moves_between(all, without_one, 1, 2), moves_between(without_one, all, 1, 2)}) {
    CHECK(moves.unnecessary == 0);
    CHECK(moves.places > 0.015);
    CHECK(moves.places < 0.025);
  }

  const WarmLoad load{.warm = 100, .requests = 100'000, .exponent = 1.0};
  const double random = warm_hits(all, kMembers, 0, load);
  const double one = warm_hits(all, kMembers, 1, load);
  const double two = warm_hits(all, kMembers, 2, load);
  CHECK(one > two);
  CHECK(two > random + 0.1);
  CHECK(warm_hits(all, kMembers, 2, load) == two);
}

}  // namespace sublet::test
