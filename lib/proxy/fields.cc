// SPDX-License-Identifier: Apache-2.0
#include "proxy/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/http_names.h"
#include "policy/names.h"
#include "proxy/trace_context.h"
#include "sublet/version.h"

namespace sublet::proxy {
namespace {

#define SUBLET_PROXY_TEXT_OF(x) #x
#define SUBLET_PROXY_TEXT(x) SUBLET_PROXY_TEXT_OF(x)
constexpr std::string_view kUserAgent =
    "Sublet/" SUBLET_PROXY_TEXT(SUBLET_VERSION_MAJOR) "." SUBLET_PROXY_TEXT(
        SUBLET_VERSION_MINOR) "." SUBLET_PROXY_TEXT(SUBLET_VERSION_PATCH);
#undef SUBLET_PROXY_TEXT
#undef SUBLET_PROXY_TEXT_OF

// Beside the transport's own headers.
constexpr std::array<std::string_view, 4> kNotForTenants = {"proxy-authentication-info", "via",
                                                            "alt-used", "cookie2"};

constexpr std::array<std::string_view, 11> kOfConnection = {"connection",
                                                            "proxy-connection",
                                                            "keep-alive",
                                                            "te",
                                                            "transfer-encoding",
                                                            "upgrade",
                                                            "trailer",
                                                            "proxy-authenticate",
                                                            "proxy-authentication-info",
                                                            "content-length",
                                                            "content-encoding"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view other) {
    return policy::same_field_name(name, other);
  });
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  });
}

std::string fault_of_method(std::string_view method, bool has_body) {
  if (!base::is_http_token(method))
    return fmt::format("{} is no method", policy::in_quotes(method));
  // CONNECT opens a tunnel, and the others have the origin say what headers it got, secrets too.
  for (const std::string_view refused : {"CONNECT", "TRACE", "TRACK"}) {
    if (policy::same_field_name(method, refused)) {
      return fmt::format("the method {} is not allowed", refused);
    }
  }
  if (method == "HEAD" && has_body) return "a HEAD request has no body";
  return {};
}

}  // namespace

std::string fault_of(std::string_view method, const policy::HttpFields& headers, bool has_body) {
  if (std::string fault = fault_of_method(method, has_body); !fault.empty()) return fault;
  for (const policy::HttpField& header : headers) {
    const std::string shown = policy::in_quotes(header.name);
    if (!base::is_http_token(header.name)) return fmt::format("{} is no name of a header", shown);
    if (base::is_transport_header(header.name) || is_one_of(kNotForTenants, header.name)) {
      return fmt::format("the header {} is not for requests to set", shown);
    }
    if (!is_value(header.value)) {
      return fmt::format("the value of the header {} has a control character", shown);
    }
  }
  return {};
}

policy::HttpFields outgoing_fields(const policy::HttpFields& headers) {
  policy::HttpFields fields;
  fields.reserve(headers.size() + 4);
  for (const policy::HttpField& header : headers) {
    // What comes back is decoded by the transport, which says what it can decode.
    if (is_trace_field(header.name) || policy::same_field_name(header.name, "accept-encoding")) {
      continue;
    }
    fields.push_back(header);
  }
  if (!policy::has_field(fields, "user-agent")) {
    fields.push_back({"user-agent", std::string(kUserAgent)});
  }
  if (!policy::has_field(fields, "accept")) fields.push_back({"accept", "*/*"});
  return fields;
}

policy::HttpFields incoming_fields(const std::vector<HttpHeader>& headers) {
  policy::HttpFields all;
  all.reserve(headers.size());
  for (const HttpHeader& header : headers) {
    all.push_back({policy::lower_case(header.name), std::string(policy::trim_field(header.value))});
  }
  std::vector<std::string> named;
  for (const std::string_view member : policy::list_members(all, "connection")) {
    // Nobody names more; a peer that does would have each compared with every field.
    if (named.size() == 32) break;
    named.push_back(policy::lower_case(member));
  }
  std::erase_if(all, [&](const policy::HttpField& field) {
    return is_one_of(kOfConnection, field.name) ||
           std::find(named.begin(), named.end(), field.name) != named.end();
  });
  return all;
}

}  // namespace sublet::proxy
