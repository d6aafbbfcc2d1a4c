// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sublet/adapters/key_value_store.h"

namespace sublet::faults {

struct Verdict {
  std::uint64_t lost = 0;  // acknowledged, and not there
  std::uint64_t torn = 0;  // a part of a commit is there
  std::string what;        // of the first fault

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Looks at all that a storm left. `acknowledged`: the stamps. Throws std::exception where the store
// cannot be read.
Verdict judge(KeyValueStore& store, const std::string& tenant,
              const std::set<std::uint64_t>& acknowledged);

// Does to the store what a bad one might do, to see whether judge() finds it.
void plant_loss(KeyValueStore& store, const std::string& tenant,
                const std::set<std::uint64_t>& acknowledged);
void plant_tear(KeyValueStore& store, const std::string& tenant);

// Forgets the tenant.
void clear(KeyValueStore& store, const std::string& tenant);

}  // namespace sublet::faults
