// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/stored_response.h"

#include <algorithm>
#include <array>

namespace sublet::policy {
namespace {

// RFC 9111 section 3.1 and RFC 9110 section 7.6.1: of the connection, not of the response.
bool is_connection_field(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames = {"Connection",
                                                       "Proxy-Connection",
                                                       "Keep-Alive",
                                                       "TE",
                                                       "Transfer-Encoding",
                                                       "Upgrade",
                                                       "Trailer",
                                                       "Proxy-Authenticate",
                                                       "Proxy-Authentication-Info",
                                                       "Proxy-Authorization"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view other) { return same_field_name(name, other); });
}

HttpFields without_connection_fields(const HttpFields& fields) {
  const std::vector<std::string_view> named = list_members(fields, "Connection");
  HttpFields kept;
  for (const HttpField& field : fields) {
    const bool is_named = std::any_of(named.begin(), named.end(), [&field](std::string_view name) {
      return same_field_name(field.name, name);
    });
    if (!is_named && !is_connection_field(field.name)) kept.push_back(field);
  }
  return kept;
}

bool has_validator(const HttpFields& fields) {
  return has_field(fields, "ETag") || has_field(fields, "Last-Modified");
}

// RFC 9111 section 3, the last item.
bool allows_storing(const CacheableResponse& response, const CacheControl& control) {
  return control.is_public || control.is_private || control.max_age ||
         has_field(response.fields, "Expires") || is_heuristically_cacheable(response.status);
}

bool allows_authorized(const CacheControl& control) {
  return control.is_public || control.is_private || control.must_revalidate || control.has_s_maxage;
}

bool may_be_used(const CacheableResponse& response, const CacheControl& control,
                 const CacheOptions& options) {
  if (has_validator(response.fields)) return true;
  if (control.no_cache) return false;
  const base::Nanoseconds fresh = freshness_lifetime(response.status, response.fields, control,
                                                     response.times.received_at, options);
  const std::chrono::seconds none{0};
  return fresh > initial_age(response.fields, response.times) ||
         (!control.must_revalidate && (control.stale_while_revalidate.value_or(none) > none ||
                                       control.stale_if_error.value_or(none) > none));
}

}  // namespace

base::Nanoseconds StoredResponse::age(base::TimePoint now) const noexcept {
  return initial_age + std::max(base::Nanoseconds{0}, now - received);
}

bool StoredResponse::matches(const CacheRequest& request,
                             const base::Sha256Digest& credentials_of_request) const {
  return credentials == credentials_of_request &&
         vary_key == policy::vary_key(vary, request.fields);
}

std::size_t StoredResponse::bytes() const noexcept {
  std::size_t bytes = sizeof(StoredResponse) + (body ? body->size() : 0);
  for (const HttpField& field : fields) {
    bytes += sizeof(HttpField) + field.name.size() + field.value.size();
  }
  for (const std::string& name : vary) bytes += sizeof(std::string) + name.size();
  return bytes;
}

std::string_view to_string(NotStored reason) noexcept {
  switch (reason) {
    case NotStored::kNone:
      return "none";
    case NotStored::kRequest:
      return "request";
    case NotStored::kStatus:
      return "status";
    case NotStored::kNoStore:
      return "no_store";
    case NotStored::kAuthorization:
      return "authorization";
    case NotStored::kVary:
      return "vary";
    case NotStored::kNotCacheable:
      return "not_cacheable";
    case NotStored::kUseless:
      return "useless";
  }
  return "unknown";
}

bool is_cache_request(const CacheRequest& request) {
  constexpr std::array<std::string_view, 6> kConditions = {
      "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};
  return request.method == "GET" && !request.has_body &&
         std::none_of(
             kConditions.begin(), kConditions.end(),
             [&request](std::string_view name) { return has_field(request.fields, name); }) &&
         !request_cache_control(request.fields).no_store;
}

NotStored check_storable(const CacheRequest& request, const CacheableResponse& response,
                         const CacheOptions& options) {
  if (!is_cache_request(request)) return NotStored::kRequest;
  const CacheControl control = response_cache_control(response.fields);
  const bool understood = is_heuristically_cacheable(response.status);
  if (response.status < 200 || response.status == 206 || response.status == 304 ||
      (control.must_understand && !understood)) {
    return NotStored::kStatus;
  }
  // Section 5.2.2.3: must-understand stands above the no-store that comes with it for others.
  if (control.no_store && !control.must_understand) return NotStored::kNoStore;
  if (options.authorized_needs_permission && has_field(request.fields, "Authorization") &&
      !allows_authorized(control)) {
    return NotStored::kAuthorization;
  }
  if (!vary_names(response.fields)) return NotStored::kVary;
  if (!allows_storing(response, control)) return NotStored::kNotCacheable;
  return may_be_used(response, control, options) ? NotStored::kNone : NotStored::kUseless;
}

StoredResponse make_stored(const CacheRequest& request, CacheableResponse response,
                           const CacheOptions& options) {
  StoredResponse stored;
  stored.status = response.status;
  stored.control = response_cache_control(response.fields);
  stored.lifetime = freshness_lifetime(response.status, response.fields, stored.control,
                                       response.times.received_at, options);
  stored.initial_age = initial_age(response.fields, response.times);
  stored.received = response.times.received;
  stored.vary = vary_names(response.fields).value_or(std::vector<std::string>{});
  stored.vary_key = vary_key(stored.vary, request.fields);
  stored.credentials = credentials_key(request);
  stored.fields = without_connection_fields(response.fields);
  stored.body = std::move(response.body);
  return stored;
}

}  // namespace sublet::policy
