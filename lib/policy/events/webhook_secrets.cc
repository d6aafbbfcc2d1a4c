// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_secrets.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/base64.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kLeastPart = 16;
constexpr std::size_t kMostParts = 4;
constexpr std::string_view kBetween = ", \t\r\n";
constexpr std::string_view kStandardPrefix = "whsec_";

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t at = text.find_first_not_of(kBetween);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBetween, end);
  }
  return parts;
}

bool are_keys(const std::vector<std::string_view>& parts) {
  return parts.size() <= kMostParts &&
         std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return part.size() >= kLeastPart; });
}

void add(SignatureScheme scheme, std::string_view text, std::vector<std::string>& keys) {
  if (text.empty()) return;
  if (scheme != SignatureScheme::kStandard) {
    keys.emplace_back(text);
    return;
  }
  if (text.starts_with(kStandardPrefix)) text.remove_prefix(kStandardPrefix.size());
  auto bytes = base::decode_base64(text);
  if (bytes && !bytes->empty()) keys.push_back(*std::move(bytes));
}

}  // namespace

std::vector<std::string> webhook_keys(SignatureScheme scheme, std::string_view secret) {
  std::vector<std::string> keys;
  const std::vector<std::string_view> parts = parts_of(secret);
  if (parts.empty()) return keys;
  add(scheme, secret, keys);
  if (parts.front().size() == secret.size() || !are_keys(parts)) return keys;
  for (const std::string_view part : parts) add(scheme, part, keys);
  return keys;
}

void wipe_keys(std::vector<std::string>& keys) noexcept {
  for (std::string& key : keys) OPENSSL_cleanse(key.data(), key.size());
  keys.clear();
}

}  // namespace sublet::policy
