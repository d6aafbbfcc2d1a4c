// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/settings.h"

#include <curl/curl.h>
#include <unistd.h>

#include <utility>

#include "adapters/curl/target.h"

namespace sublet::adapters::curl {
namespace {

constexpr unsigned kOldest = 0x075800;  // 7.88.0

Error wrong(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

bool is_within(std::uint32_t value, std::uint32_t most) { return value >= 1 && value <= most; }

Result<void> check_ranges(const CurlHttpTransportOptions& options) {
  if (!is_within(options.max_under_way, 1'000'000)) return wrong("max_under_way: 1 to 1,000,000");
  if (!is_within(options.max_connections, 60'000)) return wrong("max_connections: 1 to 60,000");
  if (!is_within(options.max_connections_per_host, 60'000)) {
    return wrong("max_connections_per_host: 1 to 60,000");
  }
  if (options.idle_timeout < std::chrono::seconds(1) ||
      options.idle_timeout > std::chrono::hours(1)) {
    return wrong("idle_timeout: 1 s to 1 h");
  }
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return wrong("ca_file cannot be read: " + options.ca_file);
  }
  if (!options.ca_folder.empty() && ::access(options.ca_folder.c_str(), R_OK | X_OK) != 0) {
    return wrong("ca_folder cannot be read: " + options.ca_folder);
  }
  return {};
}

Result<void> read_proxy(Settings& settings) {
  if (settings.options.proxy.empty()) return {};
  Target proxy;
  if (read_target(settings.options.proxy, proxy) && settings.options.proxy.starts_with("http://")) {
    const bool brackets = proxy.host.starts_with('[');
    settings.proxy_address =
        normal_address(brackets ? proxy.host.substr(1, proxy.host.size() - 2) : proxy.host);
    settings.proxy_port = proxy.port;
  }
  if (settings.proxy_address.empty()) return wrong("proxy: \"http://<address in numbers>:<port>\"");
  return {};
}

}  // namespace

Result<Settings> read_options(CurlHttpTransportOptions options) {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  if (info->version_num < kOldest || (info->features & CURL_VERSION_SSL) == 0) {
    return Error{ErrorCode::kFailedPrecondition,
                 std::string("libcurl 7.88 with TLS is needed; this is ") + info->version};
  }
  Settings settings{.options = std::move(options), .encodings = {}, .proxy_address = {}};
  if (Result<void> checked = check_ranges(settings.options); !checked) return checked.error();
  if (Result<void> read = read_proxy(settings); !read) return read.error();
  if ((info->features & CURL_VERSION_LIBZ) != 0) settings.encodings = "gzip, deflate";
  if ((info->features & CURL_VERSION_BROTLI) != 0) {
    settings.encodings += settings.encodings.empty() ? "br" : ", br";
  }
  return settings;
}

}  // namespace sublet::adapters::curl
