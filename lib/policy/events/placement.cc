// SPDX-License-Identifier: Apache-2.0
#include "policy/events/placement.h"

#include <algorithm>
#include <utility>

namespace sublet::policy {
namespace {

// The finalizer of SplitMix64 (David Stafford's "Mix13" of MurmurHash3's).
std::uint64_t mix(std::uint64_t bits) noexcept {
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
  return bits ^ bits >> 31;
}

}  // namespace

// FNV-1a, whose weak high bits the mixer makes good.
std::uint64_t placement_hash(std::string_view name) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return mix(hash);
}

std::uint64_t placement_weight(std::uint64_t member, std::uint64_t tenant) noexcept {
  return mix(member ^ tenant);
}

Placement::Placement(std::vector<std::string> members) : members_(std::move(members)) {
  std::sort(members_.begin(), members_.end());
  members_.erase(std::unique(members_.begin(), members_.end()), members_.end());
  hashes_.reserve(members_.size());
  for (const std::string& member : members_) hashes_.push_back(placement_hash(member));
}

std::vector<std::string_view> Placement::places(std::string_view tenant, std::size_t count) const {
  const std::uint64_t hash = placement_hash(tenant);
  std::vector<std::pair<std::uint64_t, std::size_t>> weights;
  weights.reserve(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    // Larger ones first, and equal ones by name.
    weights.emplace_back(~placement_weight(hashes_[i], hash), i);
  }
  count = std::min(count, weights.size());
  std::partial_sort(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(count),
                    weights.end());
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < count; ++i) found.push_back(members_[weights[i].second]);
  return found;
}

bool Placement::is_place(std::string_view member, std::string_view tenant,
                         std::size_t count) const noexcept {
  const auto found = std::lower_bound(members_.begin(), members_.end(), member);
  if (found == members_.end() || *found != member) return false;
  const auto own = static_cast<std::size_t>(found - members_.begin());
  const std::uint64_t hash = placement_hash(tenant);
  const std::uint64_t weight = placement_weight(hashes_[own], hash);
  std::size_t before = 0;
  for (std::size_t i = 0; i < members_.size() && before < count; ++i) {
    const std::uint64_t other = placement_weight(hashes_[i], hash);
    if (other > weight || (other == weight && i < own)) ++before;
  }
  return before < count;
}

}  // namespace sublet::policy
