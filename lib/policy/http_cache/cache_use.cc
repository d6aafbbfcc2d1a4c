// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/cache_use.h"

#include <algorithm>

namespace sublet::policy {
namespace {

using std::chrono::seconds;

constexpr seconds kNone{0};

bool is_error_status(std::uint16_t status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

// Section 4.2.4: a stale response may not be used where either side forbids it.
bool forbids_stale(const StoredResponse& stored) {
  return stored.control.no_cache || stored.control.must_revalidate;
}

bool is_young_enough(const CacheControl& request, base::Nanoseconds age) {
  return !request.max_age || age <= *request.max_age;
}

bool is_fresh_enough(const CacheControl& request, base::Nanoseconds fresh_for) {
  return fresh_for > kNone && (!request.min_fresh || fresh_for >= *request.min_fresh);
}

CacheUse stale_use(const CacheControl& request, const StoredResponse& stored,
                   base::Nanoseconds stale_for) {
  if (forbids_stale(stored)) return CacheUse::kValidate;
  // A request that asks for a freshness of its own does not get less than the response promised.
  if (request.min_fresh) return CacheUse::kValidate;
  if (request.max_stale && stale_for <= *request.max_stale) return CacheUse::kStale;
  if (request.max_age) return CacheUse::kValidate;
  const seconds meanwhile = stored.control.stale_while_revalidate.value_or(kNone);
  return stale_for < meanwhile ? CacheUse::kStaleWhileRevalidate : CacheUse::kValidate;
}

CacheUse use_of(const CacheControl& request, const StoredResponse& stored, base::TimePoint now) {
  const base::Nanoseconds age = stored.age(now);
  if (request.no_cache || stored.control.no_cache) return CacheUse::kValidate;
  if (!is_young_enough(request, age)) return CacheUse::kValidate;
  const base::Nanoseconds fresh_for = base::Nanoseconds(stored.lifetime) - age;
  if (is_fresh_enough(request, fresh_for)) return CacheUse::kFresh;
  // Fresh, but not for as long as the request wants.
  if (fresh_for > kNone) return CacheUse::kValidate;
  return stale_use(request, stored, -fresh_for);
}

}  // namespace

std::string_view to_string(CacheUse use) noexcept {
  switch (use) {
    case CacheUse::kMiss:
      return "miss";
    case CacheUse::kFresh:
      return "fresh";
    case CacheUse::kStale:
      return "stale";
    case CacheUse::kStaleWhileRevalidate:
      return "stale_while_revalidate";
    case CacheUse::kValidate:
      return "validate";
    case CacheUse::kGatewayTimeout:
      return "gateway_timeout";
  }
  return "unknown";
}

CacheUse choose_use(const CacheControl& request, const StoredResponse* stored,
                    base::TimePoint now) {
  const CacheUse use = stored == nullptr ? CacheUse::kMiss : use_of(request, *stored, now);
  const bool asks = use == CacheUse::kMiss || use == CacheUse::kValidate;
  if (request.only_if_cached) {
    if (asks) return CacheUse::kGatewayTimeout;
    // Nothing may be asked, not even meanwhile.
    if (use == CacheUse::kStaleWhileRevalidate) return CacheUse::kGatewayTimeout;
  }
  return use;
}

bool may_use_on_error(const CacheControl& request, const StoredResponse& stored,
                      std::optional<std::uint16_t> status, base::TimePoint now,
                      const CacheOptions& options) {
  if (status && !is_error_status(*status)) return false;
  if (forbids_stale(stored) || request.no_cache || request.max_age || request.min_fresh) {
    return false;
  }
  const bool said = stored.control.stale_if_error || request.stale_if_error;
  const seconds allowed = said ? std::max(stored.control.stale_if_error.value_or(kNone),
                                          request.stale_if_error.value_or(kNone))
                               : options.stale_if_error;
  const base::Nanoseconds stale_for = stored.age(now) - base::Nanoseconds(stored.lifetime);
  return allowed > kNone && stale_for <= allowed;
}

}  // namespace sublet::policy
