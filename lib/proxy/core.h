// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/http_date.h"
#include "proxy/flights.h"
#include "proxy/gate.h"
#include "proxy/long_work.h"
#include "proxy/request_proxy.h"
#include "proxy/response_cache.h"

namespace sublet::proxy {

class Exchange;

// What the exchanges of one proxy share, and the list of them.
//
// Ownership: shared by the proxy and its exchanges; shares an exchange until that ends.
// Thread safety: thread-safe.
class Core {
 public:
  using Id = std::uint64_t;

  explicit Core(ProxySetup setup);

  const ProxySetup& setup() const noexcept { return setup_; }
  Gate& gate() noexcept { return gate_; }
  ResponseCache& cache() noexcept { return cache_; }
  Flights& flights() noexcept { return flights_; }
  LongWork& long_work() noexcept { return long_work_; }
  base::TimePoint now() const noexcept { return setup_.clock->now(); }
  policy::WallTime calendar() const { return setup_.calendar(); }

  // Null: there is none, which was told.
  std::shared_ptr<HttpTransport> transport();
  std::shared_ptr<NameResolver> resolver();
  void tell_fault(std::string_view where, std::string_view what) const noexcept;

  Id next_id();
  // False: the proxy was stopped.
  bool add(Id id, std::shared_ptr<Exchange> exchange);
  void remove(Id id) noexcept;
  std::shared_ptr<Exchange> find(Id id);
  // All that there are; nothing is added from now on.
  std::vector<std::shared_ptr<Exchange>> stop();
  std::size_t under_way();

 private:
  const ProxySetup setup_;
  Gate gate_;
  ResponseCache cache_;
  Flights flights_;

  template <typename T>
  struct LateAdapter {
    std::shared_ptr<T> made;
    base::TimePoint ask_again_at{};
  };
  template <typename T>
  std::shared_ptr<T> adapter(LateAdapter<T>& late, const std::function<std::shared_ptr<T>()>& make,
                             std::string_view name) SUBLET_EXCLUDES(adapters_mutex_);

  base::Mutex adapters_mutex_;            // held while the host makes one
  LateAdapter<HttpTransport> transport_;  // guarded by it
  LateAdapter<NameResolver> resolver_;

  base::Mutex mutex_;
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
  Id last_id_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::unordered_map<Id, std::shared_ptr<Exchange>> exchanges_ SUBLET_GUARDED_BY(mutex_);

  LongWork long_work_;  // ends before what it works on
};

}  // namespace sublet::proxy
