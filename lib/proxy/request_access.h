// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/egress/egress.h"
#include "policy/egress/host_pattern.h"
#include "proxy/scrubbers.h"
#include "proxy/token_source.h"
#include "sublet/limits.h"
#include "sublet/request.h"

namespace sublet::proxy {

// What one installed extension may request. Immutable; made with each install and change of policy.
struct RequestAccess {
  std::string tenant;
  std::string extension;
  RequestPolicy policy;
  Limits limits;  // of an invocation
  // The hosts that the policy covers; with `any_host` all.
  std::vector<policy::HostPattern> hosts;
  bool any_host = false;
  // `allowed` is the manifest's `egress`, intersected with `hosts`; a plan's `declared` comes on
  // top, where `hosts` cover it.
  policy::EgressPolicy egress;
  std::shared_ptr<Scrubbers> scrubbers = std::make_shared<Scrubbers>();
  std::shared_ptr<TokenSource> tokens;  // null: no OAuth provider
};

}  // namespace sublet::proxy
