// SPDX-License-Identifier: Apache-2.0
#include "proxy/flights.h"

#include <algorithm>

#include "proxy/exchange.h"

namespace sublet::proxy {

std::shared_ptr<Exchange> Flights::join(const base::Sha256Digest& key, Waiter waiter,
                                        const Make& make) {
  base::MutexLock lock(mutex_);
  const auto found = flights_.find(key);
  if (found != flights_.end()) {
    found->second.waiters.push_back(std::move(waiter));
    return nullptr;
  }
  Flight flight;
  flight.exchange = make();
  flight.waiters.push_back(std::move(waiter));
  std::shared_ptr<Exchange> made = flight.exchange;
  flights_.emplace(key, std::move(flight));
  return made;
}

std::shared_ptr<Exchange> Flights::leave(const base::Sha256Digest& key,
                                         const Exchange* waiter) noexcept {
  Flight left;
  base::MutexLock lock(mutex_);
  const auto found = flights_.find(key);
  if (found == flights_.end()) return nullptr;
  std::vector<Waiter>& waiters = found->second.waiters;
  const auto own = std::find_if(waiters.begin(), waiters.end(),
                                [&](const Waiter& w) { return w.exchange.get() == waiter; });
  if (own == waiters.end()) return nullptr;
  waiters.erase(own);
  if (!waiters.empty()) return nullptr;
  left = std::move(found->second);
  flights_.erase(found);
  return left.exchange;
}

void Flights::land(const base::Sha256Digest& key, const Exchange* flown,
                   const RequestAnswer& answer) {
  Flight landed;
  {
    base::MutexLock lock(mutex_);
    const auto found = flights_.find(key);
    if (found == flights_.end() || found->second.exchange.get() != flown) return;
    landed = std::move(found->second);
    flights_.erase(found);
  }
  bool first = true;
  for (const Waiter& waiter : landed.waiters) {
    waiter.exchange->land(waiter.step, answer, std::exchange(first, false));
  }
}

std::size_t Flights::size() {
  base::MutexLock lock(mutex_);
  return flights_.size();
}

}  // namespace sublet::proxy
