// SPDX-License-Identifier: Apache-2.0
#include "proxy/core.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "proxy/exchange.h"

namespace sublet::proxy {
namespace {

// An adapter that cannot be had is asked for again after so long.
constexpr base::Nanoseconds kPause = std::chrono::seconds(1);

}  // namespace

template <typename T>
std::shared_ptr<T> Core::adapter(LateAdapter<T>& late,
                                 const std::function<std::shared_ptr<T>()>& make,
                                 std::string_view name) {
  std::string what = "there is none";
  {
    base::MutexLock lock(adapters_mutex_);
    if (late.made || now() < late.ask_again_at) return late.made;
    try {
      if (make) late.made = make();
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {
    }
    if (late.made) return late.made;
    late.ask_again_at = now() + kPause;
  }
  tell_fault(name, what);
  return nullptr;
}

Core::Core(ProxySetup setup)
    : setup_(std::move(setup)),
      gate_({setup_.origin_breaker, setup_.shared_caps, setup_.retry_budget, setup_.random_seed,
             setup_.shared, setup_.reports.breaker_changed}),
      cache_(setup_.cache_store) {}

std::shared_ptr<HttpTransport> Core::transport() {
  return adapter(transport_, setup_.transport, "transport");
}

std::shared_ptr<NameResolver> Core::resolver() {
  return adapter(resolver_, setup_.resolver, "resolver");
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
