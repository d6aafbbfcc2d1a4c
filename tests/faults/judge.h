// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sublet/adapters/key_value_store.h"

namespace sublet::faults {

// What the processes that wrote were told: stamps.
struct Told {
  std::set<std::uint64_t> acknowledged;
  std::set<std::uint64_t> not_done;
};

struct Verdict {
  std::uint64_t lost = 0;    // acknowledged, and not there
  std::uint64_t torn = 0;    // a part of a commit is there
  std::uint64_t ghosts = 0;  // not done, as the store said, and there
  std::string what;          // of the first fault

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Looks at all that a storm left. Throws std::exception where the store cannot be read.
Verdict judge(KeyValueStore& store, const std::string& tenant, const Told& told);

// Does to the store what a bad one might do, to see whether judge() finds it.
void plant_loss(KeyValueStore& store, const std::string& tenant,
                const std::set<std::uint64_t>& acknowledged);
// ... by telling that a commit was not done.
void plant_ghost(Told& told);
void plant_tear(KeyValueStore& store, const std::string& tenant);

// Forgets the tenant.
void clear(KeyValueStore& store, const std::string& tenant);

}  // namespace sublet::faults
