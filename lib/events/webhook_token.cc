// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_token.h"

#include <openssl/rand.h>

#include <algorithm>

#include "base/base64.h"
#include "base/sha256.h"

namespace sublet::events {
namespace {

constexpr std::size_t kRandomBytes = 24;  // without padding in base64

}  // namespace

std::optional<std::string> random_address() {
  std::string bytes(kRandomBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), kRandomBytes) != 1) {
    return std::nullopt;
  }
  std::string text = base::encode_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string address_hash(std::string_view address) { return base::to_hex(base::sha256(address)); }

}  // namespace sublet::events
