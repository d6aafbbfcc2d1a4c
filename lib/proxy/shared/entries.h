// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "proxy/host_tenant.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/request.h"

// What processes keep for each other in a store, and what is done to it there. All times are those
// of SharedTime. Pure.
namespace sublet::proxy {

// Where the entry of a bucket or breaker is; a key that is too long for a store is hashed.
KeyValueKey bucket_place(std::string_view key);
KeyValueKey breaker_place(std::string_view key);
// Where a process finds out whether the store takes commits again.
KeyValueKey probe_place(std::string_view process);

// An entry lives for a while after it has nothing more to say.
KeyValueExpiry expiry_after(base::Nanoseconds meaningful);

struct BucketEntry {
  base::TimePoint full_at;
  base::TimePoint at;  // when it was written
};

// An entry that nobody of us wrote counts as none.
std::optional<BucketEntry> read_bucket(const KeyValueEntry* entry);
KeyValueValue write_bucket(const BucketEntry& bucket);

struct LeasedTokens {
  std::uint32_t count = 0;  // 0: there were fewer than needed
  // How long until there is one more, or (count 0) as many as needed; 0: there are more by now.
  base::Nanoseconds wait{0};
  BucketEntry after;
};

// Takes `needed` to `wanted` tokens out of a bucket, or none.
LeasedTokens lease_tokens(const std::optional<BucketEntry>& bucket, const Rate& rate,
                          std::uint32_t needed, std::uint32_t wanted, base::TimePoint now);

struct BreakerEntry {
  base::TimePoint until;
  base::TimePoint at;  // when it was written
  std::string process;
};

std::optional<BreakerEntry> read_breaker(const KeyValueEntry* entry);
KeyValueValue write_breaker(const BreakerEntry& breaker);

}  // namespace sublet::proxy
