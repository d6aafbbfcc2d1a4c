// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What placement does with many members and tenants, computed from policy::placement_weight().
// Everything here is deterministic.
namespace sublet::test {

inline constexpr std::size_t kMostPlaces = 3;

struct Fleet {
  std::vector<std::uint64_t> members;  // hashes
  std::vector<std::uint64_t> tenants;
};
Fleet make_fleet(std::size_t members, std::size_t tenants);

// By tenant, the members that it is on, the one that wants it most first.
using Places = std::array<std::uint32_t, kMostPlaces>;
// Without the first `left_out` members; they keep their numbers.
std::vector<Places> place_all(const Fleet& fleet, std::size_t left_out = 0);

// How tenants are spread where each is on the first `places`.
struct Balance {
  double mean = 0;  // tenants on a member
  double deviation = 0;
  double least = 0;
  double most = 0;
  std::vector<std::uint32_t> load;  // by member
};
Balance balance_of(const std::vector<Places>& places, std::size_t members, std::size_t count);

// What a change of members moves.
struct Moves {
  double places = 0;       // places that are on another member now, of all
  double tenants = 0;      // tenants with at least one such place, of all
  double unnecessary = 0;  // places that moved between members that are there before and after
};
// Members below `gone` are there in only one of the two.
Moves moves_between(const std::vector<Places>& before, const std::vector<Places>& after,
                    std::size_t gone, std::size_t count);

// How often a request finds its tenant's isolate warm, where each member keeps the `warm` that it
// used last, and tenants are requested by Zipf's law.
struct WarmLoad {
  std::size_t warm = 0;
  std::size_t requests = 0;  // counted; as many come before them
  double exponent = 1.0;
};
// Each request goes to one of the tenant's first `count` places at random; 0: to any member.
double warm_hits(const std::vector<Places>& places, std::size_t members, std::size_t count,
                 const WarmLoad& load);

// -- the figure -----------------------------------------------------------------------------------

struct Findings {
  std::size_t members = 0;
  std::size_t tenants = 0;
  std::array<Balance, kMostPlaces> balance;  // 1 to 3 places
  Moves joined;
  Moves left;
  Moves tenth_gone;
  // Of each number of warm isolates: any member, then 1 to 3 places.
  struct Hits {
    std::size_t warm = 0;
    std::array<double, kMostPlaces + 1> rate{};
  };
  std::vector<Hits> hits;
};

std::string figure_of(const Findings& findings);  // SVG

}  // namespace sublet::test
