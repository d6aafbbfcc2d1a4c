// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_payload.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"
#include "base/json_scan.h"
#include "base/utf8.h"
#include "policy/events/webhook_target.h"

namespace sublet::events {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostHeaders = 128;
constexpr std::size_t kMostChallenge = 4096;  // bytes of the request
// A header whose name has one of these says something that nobody else should know.
constexpr std::array<std::string_view, 10> kCredentials = {
    "authorization", "cookie",  "signature", "token", "secret",
    "password",      "api-key", "apikey",    "hmac",  "credential"};

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_credential(std::string_view lower_name) {
  return std::any_of(kCredentials.begin(), kCredentials.end(), [&](std::string_view word) {
    return lower_name.find(word) != std::string_view::npos;
  });
}

// Several lines of one name become one, as RFC 9110 section 5.3 has it.
Json headers_of(const policy::WebhookDeclaration& declared, const policy::HttpFields& headers,
                std::string_view address) {
  Json out = Json::object();
  for (const policy::HttpField& header : headers) {
    const std::string name = policy::lower_case(header.name);
    if (is_credential(name) || policy::same_field_name(name, declared.signature_header)) continue;
    if (!address.empty() && header.value.find(address) != std::string::npos) continue;
    const std::string value(policy::trim_field(header.value));
    if (const auto found = out.find(name); found != out.end()) {
      *found = found->get<std::string>() + ", " + value;
    } else if (out.size() < kMostHeaders) {
      out[name] = value;
    }
  }
  return out;
}

Json query_of(std::string_view target) {
  Json out = Json::object();
  for (auto& [name, value] : policy::webhook_query(target)) out[name] = std::move(value);
  return out;
}

// "application/json", "application/cloudevents+json; charset=utf-8"
bool is_json_type(const policy::HttpFields& headers) {
  const auto type = policy::only_value_of(headers, "Content-Type");
  if (!type) return false;
  const std::string media =
      policy::lower_case(policy::trim_field(type->substr(0, type->find(';'))));
  return media.ends_with("/json") || media.ends_with("+json");
}

}  // namespace

std::optional<std::string> webhook_payload(const policy::WebhookDeclaration& declared,
                                           const WebhookRequest& request,
                                           const policy::HttpFields& headers,
                                           const PayloadBounds& bounds) {
  const std::string_view address = policy::webhook_address(request.target);
  std::string head = R"({"webhook":)" + dump(declared.name) + R"(,"method":)" +
                     dump(request.method) + R"(,"headers":)" +
                     dump(headers_of(declared, headers, address)) + R"(,"query":)" +
                     dump(query_of(request.target)) + R"(,"body":)";
  std::string tail = R"(,"bodyBase64":")" + base::encode_base64(request.body) + '"';
  std::string text = base::is_utf8(request.body) ? dump(request.body) : "null";
  // The text itself: numbers stay as exact as they are.
  std::string json;
  if (is_json_type(headers) && bounds.depth > 1 &&
      base::scan_json(request.body, bounds.depth - 1).ok()) {
    json = R"(,"json":)" + request.body;
  }
  const auto size = [&] { return head.size() + text.size() + tail.size() + json.size() + 1; };
  if (size() > bounds.bytes) text = "null";
  if (size() > bounds.bytes) json.clear();
  if (size() > bounds.bytes) return std::nullopt;
  return head + text + tail + json + "}";
}

std::optional<std::string> slack_challenge(std::string_view body) {
  if (body.size() > kMostChallenge || !base::scan_json(body, 2).ok()) return std::nullopt;
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto type = json.find("type");
  const auto challenge = json.find("challenge");
  if (type == json.end() || *type != "url_verification") return std::nullopt;
  if (challenge == json.end() || !challenge->is_string()) return std::nullopt;
  return challenge->get<std::string>();
}

}  // namespace sublet::events
