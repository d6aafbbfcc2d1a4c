// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "policy/egress/refusal.h"
#include "policy/egress/url.h"
#include "proxy/request_plan.h"
#include "sublet/adapters/http_transport.h"
#include "sublet/limits.h"
#include "sublet/result.h"

// The errors of requests: their codes and sentences are for tenant code.
namespace sublet::proxy {

RequestError make_error(std::string_view code, std::string message);
RequestError of_refusal(const policy::Refusal& refusal);
// Of addresses that a name resolved to: which they are is the host's network's own affair, and so
// is what lies there.
RequestError of_addresses(const policy::Refusal& refusal, const policy::Target& target);
RequestError of_resolver(ErrorCode code, const policy::Target& target);
// `failure` is none of kNone.
RequestError of_failure(HttpFailure failure, const policy::Target& target, const Limits& limits);
RequestError of_deadline();
RequestError of_cancel();
RequestError of_internal() noexcept;

}  // namespace sublet::proxy
