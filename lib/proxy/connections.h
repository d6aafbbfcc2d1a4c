// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "policy/egress/egress.h"
#include "proxy/request_access.h"
#include "proxy/request_plan.h"

// Where the connections of a request may go.
namespace sublet::proxy {

using EgressPolicyPointer = std::shared_ptr<const policy::EgressPolicy>;

// The policy of an extension, with the host that a plan declares where the host's policy covers it.
EgressPolicyPointer egress_of(const std::shared_ptr<const RequestAccess>& access,
                              const RequestPlan& plan);

// Requests with the same text share connections: those of one tenant under one policy.
std::string pool_of(std::string_view tenant, const policy::EgressPolicy& egress);

// Whether a connection to this very address is allowed: asked again for each, whatever a name
// resolved to before. Keeps what it needs.
std::function<bool(std::string_view address, std::uint16_t port)> permits_of(
    EgressPolicyPointer egress, const policy::Target& target);

}  // namespace sublet::proxy
