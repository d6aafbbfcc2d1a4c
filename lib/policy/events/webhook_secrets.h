// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/events/webhook_declaration.h"

namespace sublet::policy {

// The keys that a secret parameter's value stands for, so that a secret can be replaced without a
// gap. The whole text is one; where it has two to four parts between commas or white space, and
// each has at least 16 bytes, they are keys too, so that no word of a pass phrase is one. Of
// Standard Webhooks secrets ("whsec_" and base64, or base64 alone) the bytes. Empty: there is none
// that could be used; an empty text never is one.
std::vector<std::string> webhook_keys(SignatureScheme scheme, std::string_view secret);

// Overwrites what texts held.
void wipe_keys(std::vector<std::string>& keys) noexcept;

}  // namespace sublet::policy
