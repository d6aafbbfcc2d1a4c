// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/sqlite/call.h"
#include "sublet/adapters/key_value_store.h"

// What waits in the store's queue: requests with who is to be told.
namespace sublet::adapters::sqlite {

// How far an erase has come that is done in parts, a transaction each.
struct EraseProgress {
  std::int64_t tenant = 0;   // whose rows
  std::uint64_t newest = 0;  // the tenant's version as it began: what was written later stays
  KeyValueTime begun_at{};   // what had expired by then is not counted
  std::uint64_t erased = 0;  // entries that count
  std::string space, key;    // the last row that was looked at
};
struct EraseRequest {
  std::string tenant;
  std::optional<std::string> space;
  // Where the next part goes on: of what was committed, and once the part under way is.
  std::optional<EraseProgress> progress = {};
  std::optional<EraseProgress> next = {};
};
struct UsageRequest {
  std::string tenant;
};
struct SpacesRequest {
  std::string tenant;
};
struct TenantsRequest {
  std::string after;
  std::uint32_t limit = 0;
};

using CommitCall = Call<KeyValueCommit, KeyValueCommitted>;
using EraseCall = Call<EraseRequest, std::uint64_t>;
using WriteCall = std::variant<CommitCall, EraseCall>;

using GetCall = Call<KeyValueGet, std::vector<std::optional<KeyValueEntry>>>;
using ListCall = Call<KeyValueList, KeyValuePage>;
using UsageCall = Call<UsageRequest, KeyValueUsage>;
using SpacesCall = Call<SpacesRequest, std::map<std::string, KeyValueUsage>>;
using TenantsCall = Call<TenantsRequest, std::vector<std::string>>;
using ReadCall = std::variant<GetCall, ListCall, UsageCall, SpacesCall, TenantsCall>;

}  // namespace sublet::adapters::sqlite
