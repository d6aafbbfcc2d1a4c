// SPDX-License-Identifier: Apache-2.0
//
// Simulates placement at 1,000 members and 1,000,000 tenants, prints what it finds and writes the
// figure.
//
// usage: placement_figure FILE.svg
#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <vector>

#include "events_placement/simulation.h"

namespace sublet::test {
namespace {

constexpr std::size_t kMembers = 1'000;
constexpr std::size_t kTenants = 1'000'000;
constexpr std::size_t kPlaces = 2;  // MemberOptions::places
constexpr std::size_t kRequests = 4'000'000;

void print(const char* name, const Moves& moves) {
  fmt::print(
      "{}: {:.4f} % of the places move, {:.4f} % of the tenants have one that did, {} moved "
      "without need\n",
      name, 100 * moves.places, 100 * moves.tenants, moves.unnecessary);
}

void find_hits(const std::vector<Places>& all, Findings& findings) {
  for (const std::size_t warm : {50U, 100U, 200U, 500U, 1'000U}) {
    Findings::Hits hits;
    hits.warm = warm;
    for (std::size_t count = 0; count <= kMostPlaces; ++count) {
      hits.rate.at(count) =
          warm_hits(all, kMembers, count, WarmLoad{.warm = warm, .requests = kRequests});
    }
    fmt::print(
        "{} warm isolates a member: {:.1f} % by any member, {:.1f} %, {:.1f} %, {:.1f} % by "
        "1, 2, 3 places\n",
        warm, 100 * hits.rate[0], 100 * hits.rate[1], 100 * hits.rate[2], 100 * hits.rate[3]);
    std::fflush(stdout);
    findings.hits.push_back(hits);
  }
}

Findings simulate() {
  Findings findings;
  findings.members = kMembers;
  findings.tenants = kTenants;
  const Fleet fleet = make_fleet(kMembers, kTenants);
  const std::vector<Places> all = place_all(fleet);
  for (std::size_t count = 1; count <= kMostPlaces; ++count) {
    Balance balance = balance_of(all, kMembers, count);
    fmt::print("{} places: {} tenants on a member, {} to {}, deviation {:.1f}; most/mean {:.3f}\n",
               count, balance.mean, balance.least, balance.most, balance.deviation,
               balance.most / balance.mean);
    findings.balance.at(count - 1) = std::move(balance);
  }
  const std::vector<Places> without_one = place_all(fleet, 1);
  findings.joined = moves_between(without_one, all, 1, kPlaces);
  findings.left = moves_between(all, without_one, 1, kPlaces);
  const std::size_t tenth = kMembers / 10;
  findings.tenth_gone = moves_between(all, place_all(fleet, tenth), tenth, kPlaces);
  print("one joins", findings.joined);
  print("one goes", findings.left);
  print("a tenth goes", findings.tenth_gone);
  find_hits(all, findings);
  return findings;
}

}  // namespace
}  // namespace sublet::test

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: placement_figure FILE.svg\n");
    return 2;
  }
  std::ofstream file(arguments[1]);
  file << sublet::test::figure_of(sublet::test::simulate());
  file.close();
  if (!file) {
    std::fprintf(stderr, "placement_figure: cannot write %s\n", arguments[1]);
    return 1;
  }
}
