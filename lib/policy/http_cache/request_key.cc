// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/request_key.h"

#include <algorithm>

namespace sublet::policy {
namespace {

constexpr std::size_t kMostVaryNames = 32;

// One sized text for the name and one for the value; for an absent field the name alone, unsized
// marks between them: a list of fields has one reading only.
void add_field(base::Sha256& hash, std::string_view name, const HttpFields& fields) {
  const std::vector<std::string_view> values = values_of(fields, name);
  hash.update_sized(lower_case(name)).update(values.empty() ? "-" : "+");
  if (values.empty()) return;
  std::string joined(values.front());
  for (std::size_t i = 1; i < values.size(); ++i) joined.append(", ").append(values[i]);
  hash.update_sized(joined);
}

std::string_view text_of(const base::Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

base::Sha256Digest resource_key(std::string_view url) { return base::sha256(url); }

base::Sha256Digest credentials_key(const CacheRequest& request) {
  base::Sha256 hash;
  add_field(hash, "authorization", request.fields);
  add_field(hash, "cookie", request.fields);
  for (const std::string& name : request.secret_fields) add_field(hash, name, request.fields);
  return hash.finish();
}

std::optional<std::vector<std::string>> vary_names(const HttpFields& response) {
  std::vector<std::string> names;
  for (const std::string_view member : list_members(response, "Vary")) {
    if (member == "*") return std::nullopt;
    names.push_back(lower_case(member));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > kMostVaryNames) return std::nullopt;
  return names;
}

base::Sha256Digest vary_key(std::span<const std::string> names, const HttpFields& request) {
  base::Sha256 hash;
  for (const std::string& name : names) add_field(hash, name, request);
  return hash.finish();
}

base::Sha256Digest single_flight_key(std::string_view tenant, const CacheRequest& request,
                                     std::span<const std::string> names, std::string_view body) {
  return base::Sha256()
      .update_sized(tenant)
      .update_sized(request.method)
      .update_sized(request.url)
      .update_sized(text_of(credentials_key(request)))
      .update_sized(text_of(vary_key(names, request.fields)))
      .update_sized(body)
      .finish();
}

}  // namespace sublet::policy
