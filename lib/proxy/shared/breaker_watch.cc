// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/breaker_watch.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "proxy/shared/entries.h"

namespace sublet::proxy {
namespace {

constexpr std::size_t kMostWatched = 4'096;
constexpr std::size_t kKeysPerRead = 256;
constexpr base::Nanoseconds kEvery = std::chrono::milliseconds(500);
// A key that was not watched: soon, together with others that come in the same moment.
constexpr base::Nanoseconds kFirst = std::chrono::milliseconds(20);
constexpr base::Nanoseconds kLately = std::chrono::seconds(5);

}  // namespace

BreakerWatch::BreakerWatch(SharedStore shared)
    : shared_(std::move(shared)), watched_(kMostWatched, kMostWatched) {}

std::optional<base::Nanoseconds> BreakerWatch::open_elsewhere(const std::string& key) {
  const base::TimePoint now = shared_.time->clock().now();
  const base::MutexLock lock(mutex_);
  Watched* watched = watched_.find_or_add({}, key, [](const Watched&) { return true; });
  watched->asked_at = now;
  if (timer_ == 0) wake(kFirst);
  if (watched->open_until <= now) return std::nullopt;
  return watched->open_until - now;
}

void BreakerWatch::stop() {
  const base::MutexLock lock(mutex_);
  stopped_ = true;
  shared_.timers->cancel(timer_);
}

void BreakerWatch::wake(base::Nanoseconds delay) {
  if (stopped_) return;
  timer_ = shared_.timers->schedule(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tick();
  });
}

void BreakerWatch::tick() {
  const base::TimePoint now = shared_.time->clock().now();
  std::vector<std::shared_ptr<Read>> reads;
  {
    const base::MutexLock lock(mutex_);
    timer_ = 0;
    bool any = false;
    const bool may_read = reads_ == 0 && !shared_.health->down();
    watched_.for_each([&](std::string_view, std::string_view key, const Watched& watched) {
      if (now - watched.asked_at > kLately) return;
      any = true;
      if (!may_read) return;
      if (reads.empty() || reads.back()->keys.size() >= kKeysPerRead) {
        reads.push_back(std::make_shared<Read>());
      }
      reads.back()->keys.emplace_back(key);
    });
    reads_ += reads.size();
    if (any) wake(kEvery);
  }
  for (const auto& read : reads) send(read);
}

void BreakerWatch::send(const std::shared_ptr<Read>& read) {
  KeyValueGet request;
  request.tenant = kHostTenant;
  for (const std::string& key : read->keys) request.keys.push_back(breaker_place(key));
  {
    const base::MutexLock lock(mutex_);
    if (stopped_) return;
    read->timer = shared_.timers->schedule(shared_.patience, [weak = weak_from_this(), read] {
      const auto self = weak.lock();
      if (self)
        self->learn(*read, Error{ErrorCode::kUnavailable, "the store did not answer in time"});
    });
  }
  shared_.store->get(std::move(request), [weak = weak_from_this(), read](Entries entries) {
    if (const auto self = weak.lock()) self->learn(*read, entries);
  });
}

void BreakerWatch::learn(Read& read, const Entries& entries) {
  {
    const base::MutexLock lock(mutex_);
    if (stopped_ || read.over) return;
    read.over = true;
    shared_.timers->cancel(read.timer);
    --reads_;
    for (std::size_t i = 0; entries && i < std::min(read.keys.size(), entries->size()); ++i) {
      Watched* watched = watched_.find({}, read.keys[i]);
      if (watched != nullptr) watched->open_until = open_until((*entries)[i]);
    }
  }
  if (!entries) shared_.health->failed(entries.error().message);
}

base::TimePoint BreakerWatch::open_until(const std::optional<KeyValueEntry>& entry) const {
  const auto breaker = read_breaker(entry ? &*entry : nullptr);
  if (!breaker || breaker->process == shared_.process) return {};
  shared_.time->observe(breaker->at);
  // Never for longer than it said when it was written.
  const base::Nanoseconds left =
      std::min(breaker->until - shared_.time->now(), breaker->until - breaker->at);
  return shared_.time->clock().now() + std::max(left, base::Nanoseconds{0});
}

}  // namespace sublet::proxy
