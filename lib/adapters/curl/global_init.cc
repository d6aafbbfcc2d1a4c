// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/global_init.h"

#include <curl/curl.h>

namespace sublet::adapters::curl {

bool is_ready() noexcept {
  static const bool ready = [] {
    const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
    if ((info->features & CURL_VERSION_THREADSAFE) == 0) return false;
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  return ready;
}

}  // namespace sublet::adapters::curl
