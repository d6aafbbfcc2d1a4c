// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <climits>
#include <vector>

#include "base/sha256.h"
#include "policy/events/webhook_secrets.h"

namespace sublet::policy {
namespace {

using Mac = std::array<unsigned char, 32>;

// False: OpenSSL could not.
bool make_mac(std::string_view key, std::string_view content, Mac& out) {
  unsigned int size = 0;
  return key.size() <= INT_MAX &&
         HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(content.data()), content.size(), out.data(),
              &size) != nullptr &&
         size == out.size();
}

// Every signature is compared with every key, whichever holds.
bool is_signed(const SignatureFields& fields, const std::vector<std::string>& keys,
               std::string_view content) {
  bool holds = false;
  for (const std::string& key : keys) {
    Mac mac{};
    if (!make_mac(key, content, mac)) continue;
    for (const std::string& signature : fields.signatures) {
      if (signature.size() != mac.size()) continue;
      if (CRYPTO_memcmp(signature.data(), mac.data(), mac.size()) == 0) holds = true;
    }
    OPENSSL_cleanse(mac.data(), mac.size());
  }
  return holds;
}

bool has_timestamp(const WebhookDeclaration& declared) noexcept {
  return declared.scheme != SignatureScheme::kGitHub &&
         (declared.scheme != SignatureScheme::kHmac || !declared.timestamp_header.empty());
}

SignatureFault check_time(const SignatureFields& fields, std::chrono::seconds tolerance,
                          std::chrono::sys_seconds now) {
  if (!fields.signed_at) return SignatureFault::kNone;
  if (*fields.signed_at < now - tolerance) return SignatureFault::kTooOld;
  return *fields.signed_at > now + tolerance ? SignatureFault::kTooNew : SignatureFault::kNone;
}

std::string key_of(const SignatureFields& fields, std::string_view content) {
  const base::Sha256Digest digest = base::sha256(fields.id.empty() ? content : fields.id);
  return {digest.begin(), digest.end()};
}

}  // namespace

SignatureCheck check_signature(const WebhookDeclaration& declared, std::string_view secret,
                               const HttpFields& headers, std::string_view body,
                               std::chrono::sys_seconds now) {
  if (declared.scheme == SignatureScheme::kNone) return {SignatureFault::kNone, {}};
  const SignatureFields fields = read_signature_fields(declared, headers);
  if (fields.fault != SignatureFault::kNone) return {fields.fault, {}};
  std::vector<std::string> keys = webhook_keys(declared.scheme, secret);
  if (keys.empty()) return {SignatureFault::kNoSecret, {}};
  const std::string content = fields.before + std::string(body);
  const bool holds = is_signed(fields, keys, content);
  wipe_keys(keys);
  if (!holds) return {SignatureFault::kWrong, {}};
  const SignatureFault late = check_time(fields, declared.tolerance, now);
  if (late != SignatureFault::kNone) return {late, {}};
  return {SignatureFault::kNone, key_of(fields, content)};
}

std::chrono::seconds replay_window(const WebhookDeclaration& declared) noexcept {
  if (!has_timestamp(declared)) return declared.tolerance;
  return 2 * declared.tolerance + std::chrono::minutes(1);
}

}  // namespace sublet::policy
