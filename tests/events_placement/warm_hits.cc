// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "events_placement/simulation.h"

namespace sublet::test {
namespace {

// SplitMix64: the same on every machine, which the standard library's distributions are not.
class Random {
 public:
  std::uint64_t next() {
    std::uint64_t bits = state_ += 0x9E3779B97F4A7C15U;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return bits ^ bits >> 31;
  }
  std::size_t below(std::size_t count) { return next() % count; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_ = 20'261'122;
};

// Tenants by Zipf's law: the first one is requested most.
class Zipf {
 public:
  Zipf(std::size_t count, double exponent) {
    double sum = 0;
    for (std::size_t i = 1; i <= count; ++i) {
      sum += std::pow(static_cast<double>(i), -exponent);
      up_to_.push_back(sum);
    }
  }
  std::size_t pick(Random& random) const {
    const double at = random.unit() * up_to_.back();
    std::size_t low = 0, high = up_to_.size() - 1;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (up_to_[middle] > at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

 private:
  std::vector<double> up_to_;
};

// The isolates of one member: what was used last stays.
class WarmSet {
 public:
  bool use(std::uint32_t tenant, std::size_t most) {
    const auto found = places_.find(tenant);
    if (found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return true;
    }
    if (order_.size() == most) {
      places_.erase(order_.back());
      order_.pop_back();
    }
    order_.push_front(tenant);
    places_.emplace(tenant, order_.begin());
    return false;
  }

 private:
  std::list<std::uint32_t> order_;
  std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> places_;
};

}  // namespace

double warm_hits(const std::vector<Places>& places, std::size_t members, std::size_t count,
                 const WarmLoad& load) {
  Random random;
  const Zipf zipf(places.size(), load.exponent);
  std::vector<WarmSet> sets(members);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < 2 * load.requests; ++i) {
    const std::size_t tenant = zipf.pick(random);
    const std::size_t member =
        count == 0 ? random.below(members) : places[tenant][random.below(count)];
    const bool hit = sets[member].use(static_cast<std::uint32_t>(tenant), load.warm);
    if (i >= load.requests && hit) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(load.requests);
}

}  // namespace sublet::test
