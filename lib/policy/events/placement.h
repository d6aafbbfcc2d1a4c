// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::policy {

// The same in every process and on every machine.
std::uint64_t placement_hash(std::string_view name) noexcept;
// How much a member wants a tenant, by their hashes.
std::uint64_t placement_weight(std::uint64_t member, std::uint64_t tenant) noexcept;

// Which members tenants are placed on: of each tenant the ones that want it most (rendezvous
// hashing, also called highest random weight), so that a member that comes or goes moves only what
// is on it then.
//
// Thread safety: const-safe.
class Placement {
 public:
  Placement() = default;
  // In any order; each once.
  explicit Placement(std::vector<std::string> members);

  // Sorted.
  const std::vector<std::string>& members() const noexcept { return members_; }
  // Of the tenant the first ones, the one that wants it most first; all of them where there are
  // fewer.
  std::vector<std::string_view> places(std::string_view tenant, std::size_t count) const;
  bool is_place(std::string_view member, std::string_view tenant, std::size_t count) const noexcept;

 private:
  std::vector<std::string> members_;
  std::vector<std::uint64_t> hashes_;  // of members_
};

}  // namespace sublet::policy
