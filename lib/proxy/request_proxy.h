// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/timer_service.h"
#include "policy/http_cache/cache_options.h"
#include "policy/http_cache/store.h"
#include "policy/http_date.h"
#include "policy/resilience/concurrency_cap.h"
#include "policy/resilience/retry_budget.h"
#include "proxy/request_access.h"
#include "proxy/request_plan.h"
#include "proxy/shared_limits.h"
#include "sublet/adapters/http_transport.h"
#include "sublet/adapters/name_resolver.h"

namespace sublet::proxy {

// Told what happens, for the host; called under no lock, must not block or throw.
struct ProxyReports {
  std::function<void(const BreakerChange&)> breaker_changed;  // may be empty
  // What a transport, a resolver or the limits' store said, scrubbed; may be empty.
  std::function<void(std::string_view where, std::string_view what)> fault;
};

struct ProxySetup {
  // Each is asked for when first needed, once; what it throws or null is kUnavailable.
  std::function<std::shared_ptr<HttpTransport>()> transport;
  std::function<std::shared_ptr<NameResolver>()> resolver;
  std::shared_ptr<SharedLimits> shared;  // null: this process decides alone
  base::TimerService* timers = nullptr;  // outlives the proxy
  const base::Clock* clock = nullptr;    // likewise
  std::function<policy::WallTime()> calendar;
  std::uint64_t random_seed = 0;  // for jitter and span ids
  BreakerOptions origin_breaker;  // of one origin and all tenants
  policy::SharedCaps shared_caps;
  policy::RetryBudgetOptions retry_budget;  // of a tenant and origin
  policy::CacheOptions cache;
  policy::CacheStoreOptions cache_store;
  ProxyReports reports;
};

// Sends the requests of all extensions of a host, and decides about each of them before: egress
// policy, rates, numbers under way, breakers, retries, cache, collapsing. The one way out.
//
// Ownership: shared, since answers of the transport may come late.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside start(), under
// no lock.
class RequestProxy : public std::enable_shared_from_this<RequestProxy> {
 public:
  using Id = std::uint64_t;

  static std::shared_ptr<RequestProxy> create(ProxySetup setup);
  ~RequestProxy();
  RequestProxy(const RequestProxy&) = delete;
  RequestProxy& operator=(const RequestProxy&) = delete;

  Id start(std::shared_ptr<const RequestAccess> access, RequestCall call, AnswerCallback done);
  // Its callback comes with kCanceled, unless it has come; a request that others wait for, too
  // (collapsing), goes on for them. Unknown ids are nothing.
  void cancel(Id id);
  // A tenant has gone: its responses, rates and breakers are forgotten.
  void forget(std::string_view tenant);
  // Cancels everything, and takes nothing more.
  void stop();

  // What there is at the moment, for metrics.
  struct Figures {
    std::size_t requests = 0;     // that have no answer yet, those of the cache's own included
    std::uint32_t under_way = 0;  // that the caps count
    std::size_t flights = 0;      // collapsed requests
    std::size_t cached_bytes = 0;
  };
  Figures figures() const;

 private:
  class Impl;
  explicit RequestProxy(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace sublet::proxy
