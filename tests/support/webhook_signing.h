// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace sublet::test {

// HMAC-SHA256, as a sender makes it.
inline std::string sign(std::string_view key, std::string_view content) {
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(), &size);
  return {mac.begin(), mac.end()};
}

inline std::string sign_hex(std::string_view key, std::string_view content) {
  return base::to_hex(sign(key, content));
}

}  // namespace sublet::test
