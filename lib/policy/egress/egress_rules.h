// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/egress/address.h"
#include "policy/egress/egress.h"
#include "policy/egress/host_pattern.h"
#include "sublet/request.h"
#include "sublet/result.h"

namespace sublet::policy {

// What a RequestPolicy says of where requests may go, read.
struct EgressRules {
  std::vector<HostPattern> hosts;
  bool any_host = false;  // "*"
  std::vector<AddressRange> opened_ranges;
  std::vector<Endpoint> opened_endpoints;
  std::vector<std::string> opened_names;

  // The hosts among these that the policy covers.
  std::vector<HostPattern> covered(const std::vector<HostPattern>& declared) const;
};

// The message of an error begins with the field: 'requests.hosts[2] "*.com": ...'.
Result<EgressRules> read_egress_rules(const RequestPolicy& policy);

// Everything of it, rates and breaker too.
Result<void> validate(const RequestPolicy& policy, std::string_view prefix);

}  // namespace sublet::policy
