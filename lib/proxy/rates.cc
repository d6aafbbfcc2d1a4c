// SPDX-License-Identifier: Apache-2.0
#include "proxy/rates.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace sublet::proxy {
namespace {

// The scope of the table that has but one.
constexpr std::string_view kAll;
// Until there is room for another bucket.
constexpr base::Nanoseconds kNoRoom = std::chrono::seconds(1);

}  // namespace

std::vector<SharedBucket> buckets_of(const RequestAccess& access, std::string_view origin) {
  const RequestPolicy& policy = access.policy;
  return {
      {fmt::format("rate/tenant/{}", access.tenant), policy.rate},
      {fmt::format("rate/extension/{}/{}", access.tenant, access.extension), policy.extension_rate},
      {fmt::format("rate/origin/{}/{}", access.tenant, origin), policy.origin_rate}};
}

std::string_view name_of_bucket(std::size_t place) noexcept {
  constexpr std::array<std::string_view, kBucketsOfRequest> kNames = {"tenant", "extension",
                                                                      "origin"};
  return kNames[place < kNames.size() ? place : 0];
}

Rates::Taken Rates::take(const RequestAccess& access, std::string_view origin,
                         base::TimePoint now) {
  const auto is_idle = [now](const Bucket& bucket) {
    const auto burst = static_cast<std::uint32_t>(policy::burst_of(bucket.rate));
    return bucket.tokens.wait(bucket.rate, burst, now).count() == 0;
  };
  const RequestPolicy& policy = access.policy;
  struct Wanted {
    Bucket* bucket;
    Rate rate;
  };
  const std::array<Wanted, kBucketsOfRequest> all = {
      {{tenants_.find_or_add(kAll, access.tenant, is_idle), policy.rate},
       {extensions_.find_or_add(access.tenant, access.extension, is_idle), policy.extension_rate},
       {origins_.find_or_add(access.tenant, origin, is_idle), policy.origin_rate}}};
  for (std::size_t place = 0; place < all.size(); ++place) {
    const Wanted& wanted = all[place];
    if (wanted.bucket == nullptr) return {false, place, kNoRoom};
    const base::Nanoseconds wait = wanted.bucket->tokens.wait(wanted.rate, 1, now);
    if (wait.count() > 0) return {false, place, wait};
  }
  for (const Wanted& wanted : all) {
    wanted.bucket->rate = wanted.rate;
    wanted.bucket->tokens.take(wanted.rate, 1, now);
  }
  return {};
}

void Rates::forget(std::string_view tenant) {
  extensions_.erase_scope(tenant);
  origins_.erase_scope(tenant);
}

}  // namespace sublet::proxy
