// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "policy/events/webhook_declaration.h"
#include "policy/events/webhook_signature_fields.h"
#include "policy/http_fields.h"

namespace sublet::policy {

struct SignatureCheck {
  SignatureFault fault = SignatureFault::kMissing;
  // kNone: what tells this message from others, 32 bytes, whichever of its signatures held: the
  // hash of what is signed, or for kStandard of the sender's id, which its repetitions share.
  // Empty for SignatureScheme::kNone.
  std::string key;
};

// Holds a request against what is declared, in a time that does not tell how far a signature is
// right. `secret`: the parameter's value (see webhook_keys()).
SignatureCheck check_signature(const WebhookDeclaration& declared, std::string_view secret,
                               const HttpFields& headers, std::string_view body,
                               std::chrono::sys_seconds now);

// For how long one that was taken must be known, so that it is not taken again. A timestamp may be
// ahead by the tolerance and is accepted until it is behind by it; and the clocks of machines
// differ a little.
std::chrono::seconds replay_window(const WebhookDeclaration& declared) noexcept;

}  // namespace sublet::policy
