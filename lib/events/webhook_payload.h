// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/events/webhook_declaration.h"
#include "policy/http_fields.h"
#include "sublet/events.h"

namespace sublet::events {

struct PayloadBounds {
  std::size_t bytes = 0;
  std::uint32_t depth = 0;
};

// The event that a request becomes: {"webhook", "method", "headers", "query", "body", "bodyBase64",
// "json"}. `headers` by lower-case name, without credentials, signatures, and what holds the
// address; `body` is the text or null; `bodyBase64` always the exact bytes; `json` is there where
// the content type says JSON, and it is. Where all of it is too large, `body` becomes null, then
// `json` is left out; nullopt: it is too large even so.
std::optional<std::string> webhook_payload(const policy::WebhookDeclaration& declared,
                                           const WebhookRequest& request,
                                           const policy::HttpFields& headers,
                                           const PayloadBounds& bounds);

// What Slack asks of an address before it sends anything to it: the text to answer; nullopt: this
// is no such request.
std::optional<std::string> slack_challenge(std::string_view body);

}  // namespace sublet::events
