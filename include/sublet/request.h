// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"

namespace sublet {
inline namespace v1 {

// A token bucket: `count` in each `per`, and up to `burst` at once after a pause.
struct Rate {
  std::uint32_t count = 0;              // 1 to 1,000,000,000
  std::chrono::milliseconds per{1000};  // 1 ms to 24 h
  std::uint32_t burst = 0;              // 0: as `count`

  friend bool operator==(const Rate&, const Rate&) = default;
};

// When a circuit breaker opens, for how long, and what closes it again.
struct BreakerOptions {
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::uint32_t kMostProbes = 8;

  // -- closed --------------------------------------------------------------------------------
  // How far back calls are looked at. 100 ms to 1 h.
  Milliseconds window{10'000};
  // It never opens on fewer calls than these in the window. 1 to 1,000,000.
  std::uint32_t minimum_calls = 20;
  // It opens where this share of the calls failed. 0.01 to 1.
  double failure_ratio = 0.5;
  // A call that took this long is slow, whatever came of it; 0: none is. Up to 1 h.
  Milliseconds slow_call{0};
  // It opens where this share of the calls was slow. 0.01 to 1.
  double slow_ratio = 1.0;

  // -- open ----------------------------------------------------------------------------------
  // For how long at first. 1 ms to 24 h.
  Milliseconds open_time{5'000};
  // By how much longer each time that it opens again without having been closed for a window in
  // between. 1 to 10.
  double open_growth = 2.0;
  // And how long at most: open_time to 24 h.
  Milliseconds open_time_most{60'000};
  // Each time is shortened at random by up to this share, so that breakers which opened together
  // don't probe together. 0 to 0.9.
  double open_jitter = 0.2;

  // -- half-open -----------------------------------------------------------------------------
  // Calls let through at once to try the other side. 1 to 8.
  std::uint32_t probes = 1;
  // Probes in a row that have to succeed before it closes. 1 to 1000.
  std::uint32_t successes_to_close = 2;
  // A probe not answered by then gives its place to another. Longer than a call's own time limit.
  // 1 ms to 1 h.
  Milliseconds probe_lease{60'000};

  // kDryRun: tells its transitions and what it would have refused, and refuses nothing.
  Enforcement enforcement = Enforcement::kEnforce;
};

// What the extensions of one tenant may request of other services. Rates and numbers under way can
// be in dry run (Limits::dry_run: kRequestRate, kRequestsUnderWay).
struct RequestPolicy {
  // Hosts that may be reached, as a manifest names them: "api.example.com", "*.example.com",
  // "api.example.com:8443", "http://intra.example.com:8080". What an extension reaches is what its
  // manifest names and one of these covers; "*" covers everything. Deny by default. Up to 1000.
  std::vector<std::string> hosts;
  // Whether entries with http:// count; https only by default.
  bool plain_http = false;
  // Addresses that are not public and may be reached all the same, under the names of `hosts`:
  // "10.1.0.0/16", or with a port "127.0.0.1:8080", which alone opens an address at which the host
  // itself listens or a cloud has its metadata. Up to 100.
  std::vector<std::string> opened_addresses;
  // Names for local use ("erp.internal") that count as other names do. Up to 100.
  std::vector<std::string> opened_names;

  // Requests that leave, redirects and retries counted. One more rejects as "rate_limited" and,
  // unless caught, ends the invocation as kThrottled.
  Rate rate{300, std::chrono::minutes(1), 300};            // of the tenant
  Rate extension_rate{300, std::chrono::minutes(1), 300};  // of each extension
  Rate origin_rate{300, std::chrono::minutes(1), 300};     // to each origin
  // Requests under way at once, to all origins and to one. 1 to 100,000.
  std::uint32_t max_under_way = 64;
  std::uint32_t max_under_way_per_origin = 16;

  // Of the tenant and one origin. A call fails where no answer comes, or one of 500 and above.
  BreakerOptions breaker;
  // Redirects that one request follows. 0 to 20.
  std::uint32_t max_redirects = 5;
  // Whether templates and fetch may use the response cache.
  bool cache = true;
  // Whether Event::trace_parent goes out as W3C's traceparent, with a span of its own for each
  // request. Headers of these names that tenant code gives never go out.
  bool trace_context = false;
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };

// The stable lower-case name, for logs and metrics: "half_open".
SUBLET_EXPORT std::string_view to_string(BreakerState state) noexcept;

// A circuit breaker went from one state to another.
struct BreakerChange {
  std::string tenant;  // empty: that of the origin, for all tenants
  std::string origin;  // "https://api.example.com"
  BreakerState from = BreakerState::kClosed;
  BreakerState to = BreakerState::kClosed;
  std::string_view cause;   // "failures", "slow_calls", "open_time_over", "probe_failed", ...
  std::uint32_t calls = 0;  // of the window, where it was closed
  std::uint32_t failed = 0;
  std::uint32_t slow = 0;
  std::chrono::milliseconds open_for{0};  // where it opened
  bool dry_run = false;
};

// What became of one request of an invocation.
struct RequestRecord {
  std::string name;  // the template's; "fetch"
  std::string method;
  std::string origin;  // of the first URL: "https://api.example.com"; empty: there was none
  int status = 0;      // of the answer that tenant code got; 0: none
  // Why there was none: "egress_denied", "timeout_total", ...; empty: there was one.
  std::string error;
  std::string cache;  // "", "fresh", "validated", "stored", "collapsed", ...
  BreakerState breaker = BreakerState::kClosed;  // of the tenant and origin, when it was asked
  bool breaker_would_refuse = false;             // in dry run
  std::uint32_t attempts = 0;                    // requests that were sent, redirects left out
  std::uint32_t redirects = 0;
  Bytes sent;  // of all attempts, on the wire without TLS
  Bytes received;
  Bytes body;                      // what tenant code got, decompressed
  std::chrono::nanoseconds at{0};  // when it began, since the invocation's first turn
  // How long it waited for limits, tokens, names and retries, all together; then, of the last
  // attempt, each until the next: connection, TLS, first byte, the rest.
  std::chrono::microseconds waited{0};
  std::chrono::microseconds connect{0};
  std::chrono::microseconds secure{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds receive{0};
  std::chrono::microseconds total{0};
  std::string span_id;  // where RequestPolicy::trace_context sent one: 16 hexadecimal digits
};

}  // namespace v1
}  // namespace sublet
