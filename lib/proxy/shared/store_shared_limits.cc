// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/store_shared_limits.h"

#include <utility>

#include "proxy/shared/breaker_news.h"
#include "proxy/shared/breaker_watch.h"
#include "proxy/shared/leased_buckets.h"
#include "proxy/shared/shared_time.h"
#include "proxy/shared/store_health.h"

namespace sublet::proxy {

StoreSharedLimits::StoreSharedLimits(StoreSharedLimitsSetup setup) {
  // No call waits for another one of the store after the first half of its time.
  const base::Nanoseconds patience = setup.time_limit / 2;
  health_ = std::make_shared<StoreHealth>(StoreHealth::Setup{
      setup.store, setup.timers, setup.clock, setup.process, patience, std::move(setup.fault)});
  const SharedStore shared{
      setup.store,  health_,       std::make_shared<SharedTime>(*setup.clock, setup.calendar),
      setup.timers, setup.process, patience};
  buckets_ = std::make_shared<LeasedBuckets>(shared);
  news_ = std::make_shared<BreakerNews>(shared);
  watch_ = std::make_shared<BreakerWatch>(shared);
  health_->on_recovered([weak = std::weak_ptr(news_)] {
    if (const auto news = weak.lock()) news->flush();
  });
}

StoreSharedLimits::~StoreSharedLimits() {
  health_->stop();
  watch_->stop();
  news_->stop();
  buckets_->stop();
}

void StoreSharedLimits::take(std::vector<SharedBucket> buckets, std::function<void(Taken)> done) {
  buckets_->take(std::move(buckets), std::move(done));
}

void StoreSharedLimits::breaker_opened(const std::string& key, base::Nanoseconds open_for) {
  if (open_for.count() <= 0) return news_->closed(key);
  news_->opened(key, open_for);
}

void StoreSharedLimits::breaker_closed(const std::string& key) { news_->closed(key); }

std::optional<base::Nanoseconds> StoreSharedLimits::open_elsewhere(const std::string& key) {
  return watch_->open_elsewhere(key);
}

}  // namespace sublet::proxy
