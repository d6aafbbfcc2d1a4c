// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/extension_requests.h"

#include <openssl/crypto.h>

namespace sublet::hostcall {

InstalledValues::~InstalledValues() {
  for (auto& [name, value] : values) {
    if (value.secret) OPENSSL_cleanse(value.text.data(), value.text.size());
  }
}

}  // namespace sublet::hostcall
