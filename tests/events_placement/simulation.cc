// SPDX-License-Identifier: Apache-2.0
#include "events_placement/simulation.h"

#include <algorithm>
#include <cmath>

#include "policy/events/placement.h"

namespace sublet::test {

Fleet make_fleet(std::size_t members, std::size_t tenants) {
  Fleet fleet;
  for (std::size_t i = 0; i < members; ++i) {
    fleet.members.push_back(policy::placement_hash("member-" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < tenants; ++i) {
    fleet.tenants.push_back(policy::placement_hash("tenant-" + std::to_string(i)));
  }
  return fleet;
}

std::vector<Places> place_all(const Fleet& fleet, std::size_t left_out) {
  std::vector<Places> all;
  all.reserve(fleet.tenants.size());
  for (const std::uint64_t tenant : fleet.tenants) {
    Places places{};
    std::array<std::uint64_t, kMostPlaces> weights{};
    for (std::size_t i = left_out; i < fleet.members.size(); ++i) {
      std::uint64_t weight = policy::placement_weight(fleet.members[i], tenant);
      if (weight <= weights.back()) continue;
      auto member = static_cast<std::uint32_t>(i);
      for (std::size_t rank = 0; rank < kMostPlaces; ++rank) {
        if (weight <= weights[rank]) continue;
        std::swap(weight, weights[rank]);
        std::swap(member, places[rank]);
      }
    }
    all.push_back(places);
  }
  return all;
}

Balance balance_of(const std::vector<Places>& places, std::size_t members, std::size_t count) {
  Balance balance;
  balance.load.assign(members, 0);
  for (const Places& one : places) {
    for (std::size_t rank = 0; rank < count; ++rank) ++balance.load[one[rank]];
  }
  balance.mean = static_cast<double>(places.size() * count) / static_cast<double>(members);
  double squares = 0;
  for (const std::uint32_t load : balance.load) {
    squares += (load - balance.mean) * (load - balance.mean);
  }
  balance.deviation = std::sqrt(squares / static_cast<double>(members));
  balance.least = *std::min_element(balance.load.begin(), balance.load.end());
  balance.most = *std::max_element(balance.load.begin(), balance.load.end());
  return balance;
}

Moves moves_between(const std::vector<Places>& before, const std::vector<Places>& after,
                    std::size_t gone, std::size_t count) {
  std::size_t moved = 0, tenants = 0, unnecessary = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto of = [&](const Places& places, std::uint32_t member) {
      const auto end = places.begin() + static_cast<std::ptrdiff_t>(count);
      return std::find(places.begin(), end, member) != end;
    };
    std::size_t came = 0, needed = 0;
    for (std::size_t rank = 0; rank < count; ++rank) {
      came += of(before[i], after[i][rank]) ? 0 : 1;
      // A place on one that is not there on the other side has to be another one there.
      needed += (before[i][rank] < gone ? 1 : 0) + (after[i][rank] < gone ? 1 : 0);
    }
    moved += came;
    tenants += came > 0 ? 1 : 0;
    unnecessary += came > needed ? came - needed : 0;
  }
  const auto all = static_cast<double>(before.size());
  Moves moves;
  moves.places = static_cast<double>(moved) / (all * static_cast<double>(count));
  moves.tenants = static_cast<double>(tenants) / all;
  moves.unnecessary = static_cast<double>(unnecessary) / (all * static_cast<double>(count));
  return moves;
}

}  // namespace sublet::test
