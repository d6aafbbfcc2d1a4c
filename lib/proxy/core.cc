// SPDX-License-Identifier: Apache-2.0
#include "proxy/core.h"

#include <utility>

#include "proxy/exchange.h"

namespace sublet::proxy {
namespace {

template <typename T>
std::shared_ptr<T> made_by(const std::function<std::shared_ptr<T>()>& make) noexcept {
  try {
    return make ? make() : nullptr;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace

Core::Core(ProxySetup setup)
    : setup_(std::move(setup)),
      gate_({setup_.origin_breaker, setup_.shared_caps, setup_.retry_budget, setup_.random_seed,
             setup_.shared, setup_.reports.breaker_changed}),
      cache_(setup_.cache_store) {}

std::shared_ptr<HttpTransport> Core::transport() {
  std::shared_ptr<HttpTransport> found;
  {
    base::MutexLock lock(adapters_mutex_);
    if (std::exchange(asked_transport_, true)) return transport_;
    found = transport_ = made_by(setup_.transport);
  }
  if (!found) tell_fault("transport", "there is none");
  return found;
}

std::shared_ptr<NameResolver> Core::resolver() {
  std::shared_ptr<NameResolver> found;
  {
    base::MutexLock lock(adapters_mutex_);
    if (std::exchange(asked_resolver_, true)) return resolver_;
    found = resolver_ = made_by(setup_.resolver);
  }
  if (!found) tell_fault("resolver", "there is none");
  return found;
}

void Core::tell_fault(std::string_view where, std::string_view what) const noexcept {
  if (!setup_.reports.fault) return;
  try {
    setup_.reports.fault(where, what);
  } catch (...) {
    // The host's own: there is nobody else to tell.
  }
}

Core::Id Core::next_id() {
  base::MutexLock lock(mutex_);
  return ++last_id_;
}

bool Core::add(Id id, std::shared_ptr<Exchange> exchange) {
  base::MutexLock lock(mutex_);
  if (stopped_) return false;
  exchanges_.emplace(id, std::move(exchange));
  return true;
}

void Core::remove(Id id) noexcept {
  std::shared_ptr<Exchange> removed;  // let go under no lock
  base::MutexLock lock(mutex_);
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  removed = std::move(found->second);
  exchanges_.erase(found);
}

std::shared_ptr<Exchange> Core::find(Id id) {
  base::MutexLock lock(mutex_);
  const auto found = exchanges_.find(id);
  return found == exchanges_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Exchange>> Core::stop() {
  std::vector<std::shared_ptr<Exchange>> all;
  base::MutexLock lock(mutex_);
  stopped_ = true;
  all.reserve(exchanges_.size());
  for (const auto& [id, exchange] : exchanges_) all.push_back(exchange);
  return all;
}

std::size_t Core::under_way() {
  base::MutexLock lock(mutex_);
  return exchanges_.size();
}

}  // namespace sublet::proxy
