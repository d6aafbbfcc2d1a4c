// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// A request as the cache sees it: as it goes out, secrets filled in. Nothing of it is kept but
// digests.
struct CacheRequest {
  std::string_view method;
  std::string_view url;  // absolute and normalised, without a fragment
  const HttpFields& fields;
  // Fields that carry a secret, besides Authorization and Cookie.
  std::span<const std::string> secret_fields;
  bool has_body = false;
};

// The URL alone: all that is kept of a resource is found, and thrown away, by it.
base::Sha256Digest resource_key(std::string_view url);

// Whose credentials a request carries. Responses are used only for requests with the same ones.
base::Sha256Digest credentials_key(const CacheRequest& request);

// The names in Vary, in lower case, sorted and without repetition; nothing for `*`, which matches
// no request (RFC 9111 section 4.1), and for more names than anybody means.
std::optional<std::vector<std::string>> vary_names(const HttpFields& response);

// The values that a request has for the names: two requests have the same key where each field is
// absent from both or has the same value in both, lines of one name joined (RFC 9111 section 4.1).
base::Sha256Digest vary_key(std::span<const std::string> names, const HttpFields& request);

// Requests with the same key may share one answer while it is under way: the tenant, the method,
// the URL, the credentials, the fields named, and the body are the same.
base::Sha256Digest single_flight_key(std::string_view tenant, const CacheRequest& request,
                                     std::span<const std::string> names, std::string_view body);

}  // namespace sublet::policy
