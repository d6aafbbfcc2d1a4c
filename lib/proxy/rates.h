// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/resilience/keyed_table.h"
#include "policy/token_bucket.h"
#include "proxy/request_access.h"
#include "proxy/shared_limits.h"

namespace sublet::proxy {

// What a request takes a token of, in this order: the tenant's bucket, the extension's, that of the
// origin.
inline constexpr std::size_t kBucketsOfRequest = 3;

// For SharedLimits.
std::vector<SharedBucket> buckets_of(const RequestAccess& access, std::string_view origin);
// Which limit was reached, by its place among them.
std::string_view name_of_bucket(std::size_t place) noexcept;

// The token buckets of this process. Those that are full are forgotten where room is needed.
//
// Ownership: owns its buckets. Thread safety: none; the caller's lock.
class Rates {
 public:
  using Taken = SharedLimits::Taken;

  // A token of every bucket, or of none.
  Taken take(const RequestAccess& access, std::string_view origin, base::TimePoint now);
  void forget(std::string_view tenant);

 private:
  struct Bucket {
    policy::TokenBucket tokens;
    Rate rate;
  };
  using Table = policy::KeyedTable<Bucket>;

  // Above what any host has of tenants with requests of late; about 200 bytes each.
  static constexpr std::size_t kMostBuckets = 262'144;
  static constexpr std::size_t kMostInScope = 4096;

  Table tenants_{kMostBuckets, kMostBuckets};
  Table extensions_{kMostBuckets, kMostInScope};
  Table origins_{kMostBuckets, kMostInScope};
};

}  // namespace sublet::proxy
