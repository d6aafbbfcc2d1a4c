// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_cache.h"

namespace sublet::events {

std::optional<WebhookCache::Known> WebhookCache::find(std::string_view hash) {
  const base::TimePoint now = clock_.now();
  const base::MutexLock lock(mutex_);
  for (Table* table : {&owners_, &nobodies_}) {
    const Entry* entry = table->find({}, hash);
    if (entry != nullptr && now < entry->until) return Known{entry->owner};
  }
  return std::nullopt;
}

std::uint64_t WebhookCache::round() const {
  const base::MutexLock lock(mutex_);
  return round_;
}

void WebhookCache::keep(std::string_view hash, const std::optional<WebhookOwner>& owner,
                        std::uint64_t round) {
  const base::TimePoint now = clock_.now();
  const base::MutexLock lock(mutex_);
  if (round != round_) return;
  const auto any = [](const Entry&) { return true; };
  Table& table = owner ? owners_ : nobodies_;
  if (Entry* entry = table.find_or_add({}, hash, any)) {
    *entry = {owner, now + (owner ? kOwnerStays : kNobodyStays)};
  }
}

void WebhookCache::forget(std::string_view hash) {
  const base::MutexLock lock(mutex_);
  ++round_;
  if (Entry* entry = owners_.find({}, hash)) *entry = {};
}

}  // namespace sublet::events
