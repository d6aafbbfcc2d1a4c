// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/url_curl.h"

#include <curl/curl.h>

#include <memory>

namespace sublet::policy {
namespace {

struct HandleFree {
  void operator()(CURLU* handle) const { curl_url_cleanup(handle); }
};
using Handle = std::unique_ptr<CURLU, HandleFree>;

struct TextFree {
  void operator()(char* text) const { curl_free(text); }
};

std::optional<std::string> part(const Handle& handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(handle.get(), which, &text, flags) != CURLUE_OK) return std::nullopt;
  return std::string(std::unique_ptr<char, TextFree>(text).get());
}

Handle handle_of(const std::string& url) {
  Handle handle(curl_url());
  const unsigned flags = CURLU_URLENCODE | CURLU_DISALLOW_USER;
  if (handle && curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), flags) != CURLUE_OK) {
    handle.reset();
  }
  return handle;
}

}  // namespace

std::optional<CurlReading> read_by_curl(const std::string& url) {
  const Handle handle = handle_of(url);
  if (!handle || part(handle, CURLUPART_USER) || part(handle, CURLUPART_FRAGMENT)) {
    return std::nullopt;
  }
  const auto scheme = part(handle, CURLUPART_SCHEME);
  const auto host = part(handle, CURLUPART_HOST);
  const auto port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  auto path = part(handle, CURLUPART_PATH);
  if (!scheme || !host || !port || !path) return std::nullopt;
  if (const auto query = part(handle, CURLUPART_QUERY)) *path += "?" + *query;
  return CurlReading{*scheme, *host, *port, *std::move(path)};
}

std::optional<std::string> resolve_by_curl(const std::string& base, const std::string& reference) {
  const Handle handle = handle_of(base);
  if (!handle) return std::nullopt;
  if (curl_url_set(handle.get(), CURLUPART_URL, reference.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    return std::nullopt;
  }
  return part(handle, CURLUPART_URL);
}

}  // namespace sublet::policy
