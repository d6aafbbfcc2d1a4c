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
  const auto time = std::make_shared<SharedTime>(*setup.clock, setup.calendar);
  const base::Nanoseconds limit = setup.time_limit / 2;
  health_ = std::make_shared<StoreHealth>(StoreHealth::Setup{
      setup.store, setup.timers, setup.clock, setup.process, limit, std::move(setup.fault)});
  buckets_ = std::make_shared<LeasedBuckets>(
      LeasedBuckets::Setup{setup.store, health_, time, setup.timers, setup.time_limit});
  news_ = std::make_shared<BreakerNews>(
      BreakerNews::Setup{setup.store, health_, time, setup.timers, setup.process, limit});
  watch_ = std::make_shared<BreakerWatch>(
      BreakerWatch::Setup{setup.store, health_, time, setup.timers, setup.process, limit});
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
