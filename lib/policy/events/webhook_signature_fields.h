// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/events/webhook_declaration.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// Why a signature does not hold.
enum class SignatureFault : std::uint8_t {
  kNone,
  kMissing,    // a header that the scheme has is not there
  kTwice,      // or is there twice
  kMalformed,  // or is not what the scheme has there
  kNoSecret,   // the parameter has no value that can be a key
  kWrong,      // none of the signatures is by any of the keys
  kTooOld,
  kTooNew,
};

// "signature_missing", for logs. Constant text, which says nothing of what was sent.
std::string_view to_string(SignatureFault fault) noexcept;

// What the headers of a scheme say, not yet held against any key.
struct SignatureFields {
  SignatureFault fault = SignatureFault::kNone;
  std::vector<std::string> signatures;  // 32 bytes each, at least one
  std::string before;                   // what is signed in front of the body
  std::string id;                       // kStandard: the sender's id of the message
  std::optional<std::chrono::sys_seconds> signed_at;
};

// More signatures than this in one header are malformed.
inline constexpr std::size_t kMostSignatures = 16;

SignatureFields read_signature_fields(const WebhookDeclaration& declared,
                                      const HttpFields& headers);

}  // namespace sublet::policy
