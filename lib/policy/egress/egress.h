// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/egress/address.h"
#include "policy/egress/host_pattern.h"
#include "policy/egress/refusal.h"
#include "policy/egress/url.h"

// Which requests of an extension may leave. Three questions, each asked before the next step:
// check_url() before a name is resolved, check_addresses() with everything it resolved to before a
// connection is made or used again, check_redirect() before a redirect is followed.
namespace sublet::policy {

struct EgressPolicy {
  // The manifest's list, intersected with the host's where it has one. Empty: nothing may leave.
  std::vector<HostPattern> allowed;
  // Whether the entries of `allowed` that say http:// count.
  bool plain_http = false;
  // Addresses that are not public and may be reached all the same, under names of `allowed`.
  // Metadata services and the host's own listeners are not opened by a range, but by their
  // endpoint.
  std::vector<AddressRange> opened_ranges;
  std::vector<Endpoint> opened_endpoints;
  // Names for local use ("erp.internal") that count as other names do. Exact, in lower case.
  std::vector<std::string> opened_names;
  // Where the host itself listens, each address by itself: for a socket bound to 0.0.0.0, every
  // address of the machine.
  std::vector<Endpoint> own_listeners;
  unsigned max_redirects = 5;
  std::size_t max_url_bytes = 8192;
};

// Whether the URL itself is allowed: how it is written, then what its host is, then the allow-list.
// Where the host is an address, that is checked as check_addresses() does.
Verdict<Target> check_url(const EgressPolicy& policy, std::string_view text);

// Whether every one of the addresses that `target` resolved to may be connected to.
Verdict<Passed> check_addresses(const EgressPolicy& policy, const Target& target,
                                std::span<const IpAddress> addresses);

struct Redirect {
  Target target;
  // Scheme, host or port are not the same: what was meant for the one must not be sent to the
  // other.
  bool drop_secrets = false;
};

// Whether a redirect from `from` to `location` (a Location header's value) may be followed, after
// `followed` others.
Verdict<Redirect> check_redirect(const EgressPolicy& policy, const Target& from, unsigned followed,
                                 std::string_view location);

}  // namespace sublet::policy
