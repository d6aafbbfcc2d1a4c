// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sublet::policy {

// How a sender signs what it sends.
enum class SignatureScheme : std::uint8_t {
  kNone,      // the address alone is the secret
  kHmac,      // HMAC-SHA256 over the fields below
  kGitHub,    // X-Hub-Signature-256
  kStripe,    // Stripe-Signature: t=,v1=
  kSlack,     // X-Slack-Signature, X-Slack-Request-Timestamp
  kStandard,  // Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature
};

// What a manifest says of one webhook.
struct WebhookDeclaration {
  std::string name;
  std::uint32_t line = 0;  // of extension.json
  std::string event;       // that it becomes
  SignatureScheme scheme = SignatureScheme::kNone;
  std::string secret;  // the parameter, which is a secret one, unless the scheme is kNone
  // kHmac: where the signature is, in hexadecimal or base64, behind a prefix; and the header of the
  // timestamp (seconds since 1970), which is signed as "<timestamp>.<body>"; empty: only the body.
  std::string signature_header;
  std::string signature_prefix;
  std::string timestamp_header;
  // How old a signed timestamp may be, and how long a signature is not taken twice. 1 s to 1 h.
  std::chrono::seconds tolerance{300};
};

}  // namespace sublet::policy
