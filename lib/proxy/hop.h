// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "policy/egress/egress.h"
#include "policy/http_fields.h"
#include "policy/request/scrubber.h"
#include "proxy/request_plan.h"

namespace sublet::proxy {

// What is sent next: the request of the plan, or what a redirect made of it.
struct Hop {
  std::string method;
  policy::Target target;
  policy::HttpFields headers;
  std::shared_ptr<const std::string> body;
  bool carries_secrets = true;  // false: a redirect led to another origin
};

// Whether an answer of this status says by its Location where to ask instead.
bool is_redirect(int status) noexcept;

// Makes of the hop what the redirect asks for: method and body as Fetch has them (RFC 9110 section
// 15.4 lets clients choose), without what is secret where it leads to another origin. An error
// where the request could not be what it was.
std::optional<RequestError> follow(Hop& hop, int status, policy::Redirect redirect,
                                   const RequestPlan& plan, const policy::Scrubber& scrubber);

}  // namespace sublet::proxy
