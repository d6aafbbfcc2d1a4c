// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/key_value_store.h"

#include <algorithm>

namespace sublet {
inline namespace v1 {
namespace {

using Store = KeyValueStore;

Error refused(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Error out_of_range(std::string_view field, std::uint64_t value, std::uint64_t least,
                   std::uint64_t most) {
  return refused(std::string(field) + " is " + std::to_string(value) + "; it must be " +
                 std::to_string(least) + " to " + std::to_string(most));
}

Result<void> check_key(const KeyValueKey& at) {
  if (Result<void> space = validate_key_value_name("space", at.space); !space) return space;
  if (at.key.empty() || at.key.size() > Store::kMaxKeyBytes) {
    return out_of_range("the key's size in bytes", at.key.size(), 1, Store::kMaxKeyBytes);
  }
  return {};
}

Result<void> check_write(const KeyValueWrite& write) {
  if (Result<void> key = check_key(write.at); !key) return key;
  const bool writes_value =
      write.kind == KeyValueWrite::Kind::kPut || write.kind == KeyValueWrite::Kind::kCompute;
  if (writes_value && write.expiry.kind == KeyValueExpiry::Kind::kAfter &&
      (write.expiry.ttl < Store::kMinTtl || write.expiry.ttl > Store::kMaxTtl)) {
    return refused("ttl is " + std::to_string(write.expiry.ttl.count()) +
                   " ms; it must be 1 s to 10 years");
  }
  if (write.kind == KeyValueWrite::Kind::kPut && write.value.data.size() > Store::kMaxValueBytes) {
    return out_of_range("the value's size in bytes", write.value.data.size(), 0,
                        Store::kMaxValueBytes);
  }
  if (write.kind == KeyValueWrite::Kind::kCompute && !write.compute) {
    return refused("compute is empty");
  }
  return {};
}

// A wrapper around a store (one that encrypts) adds such a check to what it is asked to commit.
bool is_added_check(const KeyValueWrite& write) {
  return write.kind == KeyValueWrite::Kind::kCheck && write.at.space.starts_with("sublet/");
}

std::size_t most_writes(const KeyValueCommit& request) {
  const bool added = std::any_of(request.writes.begin(), request.writes.end(), is_added_check);
  return Store::kMaxWrites + (added ? 1 : 0);
}

Result<void> check_no_key_twice(const std::vector<KeyValueWrite>& writes) {
  if (writes.size() < 2) return {};
  std::vector<const KeyValueKey*> keys;
  keys.reserve(writes.size());
  for (const KeyValueWrite& write : writes) keys.push_back(&write.at);
  std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto twice = std::adjacent_find(keys.begin(), keys.end(),
                                        [](const auto* a, const auto* b) { return *a == *b; });
  if (twice != keys.end()) return refused("a commit names a key twice");
  return {};
}

}  // namespace

bool KeyValueCondition::holds(std::uint64_t present) const noexcept {
  switch (kind) {
    case Kind::kNone:
      return true;
    case Kind::kAbsent:
      return present == 0;
    case Kind::kPresent:
      return present != 0;
    case Kind::kVersion:
      return present != 0 && present == version;
  }
  return false;
}

KeyValueStore::~KeyValueStore() = default;

Result<void> validate_key_value_name(std::string_view field, std::string_view name) {
  if (!name.empty() && name.size() <= Store::kMaxNameBytes) return {};
  return out_of_range(std::string(field) + "'s size in bytes", name.size(), 1,
                      Store::kMaxNameBytes);
}

Result<void> validate(const KeyValueGet& request) {
  if (Result<void> tenant = validate_key_value_name("tenant", request.tenant); !tenant) {
    return tenant;
  }
  if (request.keys.empty() || request.keys.size() > Store::kMaxKeysPerCall) {
    return out_of_range("the number of keys", request.keys.size(), 1, Store::kMaxKeysPerCall);
  }
  for (const KeyValueKey& at : request.keys) {
    if (Result<void> key = check_key(at); !key) return key;
  }
  return {};
}

Result<void> validate(const KeyValueList& request) {
  if (Result<void> tenant = validate_key_value_name("tenant", request.tenant); !tenant) {
    return tenant;
  }
  if (Result<void> space = validate_key_value_name("space", request.space); !space) return space;
  if (request.prefix.size() > Store::kMaxKeyBytes) {
    return out_of_range("the prefix's size in bytes", request.prefix.size(), 0,
                        Store::kMaxKeyBytes);
  }
  if (request.after.has_value() && request.after->size() > Store::kMaxKeyBytes) {
    return out_of_range("after's size in bytes", request.after->size(), 0, Store::kMaxKeyBytes);
  }
  if (request.limit < 1 || request.limit > Store::kMaxPage) {
    return out_of_range("limit", request.limit, 1, Store::kMaxPage);
  }
  return {};
}

Result<void> validate(const KeyValueCommit& request) {
  if (Result<void> tenant = validate_key_value_name("tenant", request.tenant); !tenant) {
    return tenant;
  }
  if (request.writes.empty() || request.writes.size() > most_writes(request)) {
    return out_of_range("the number of writes", request.writes.size(), 1, Store::kMaxWrites);
  }
  for (const KeyValueWrite& write : request.writes) {
    if (Result<void> checked = check_write(write); !checked) return checked;
  }
  return check_no_key_twice(request.writes);
}

}  // namespace v1
}  // namespace sublet
