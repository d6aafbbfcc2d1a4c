// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "policy/manifest.h"
#include "policy/request/compile.h"
#include "policy/request/render.h"

namespace sublet::test {

inline constexpr std::string_view kParameters = R"({
  "domain": {"type": "domain"},
  "region": {"type": "choice", "choices": ["eu", "us"]},
  "limit": {"type": "number"},
  "live": {"type": "boolean"},
  "user": {"type": "text"},
  "api_key": {"type": "text", "secret": true},
  "password": {"type": "text", "secret": true}
})";

// A manifest of one request in line 2, and the parameters above.
inline std::string manifest_with(std::string_view request) {
  return "{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"e\": true}, \"requests\":\n" +
         ("{\"r\": " + std::string(request) + "},\n") +
         "\"oauth\": {\"crm\": {\"token_url\": \"https://x.example.com/t\", \"client_id\": \"i\", "
         "\"authorize_url\": \"https://x.example.com/a\"}},\n\"parameters\": " +
         std::string(kParameters) + "}";
}

inline std::string refusal(std::string_view request) {
  const auto manifest = policy::parse_manifest(manifest_with(request));
  return manifest ? "accepted" : manifest.error().message;
}

inline policy::CompiledRequest compiled(std::string_view request) {
  const auto manifest = policy::parse_manifest(manifest_with(request));
  INFO(std::string(request));
  if (!manifest) FAIL(manifest.error().message);
  auto made = policy::compile_request(manifest->requests.at(0), manifest->parameters);
  REQUIRE(made);
  return *made;
}

// Values for every parameter.
struct Input : policy::RenderInput {
  explicit Input(std::string_view given_context = "{}") {
    using base::JsonKind;
    context = given_context;
    values["domain"] = {false, JsonKind::kString, "acme.example.com"};
    values["region"] = {false, JsonKind::kString, "eu"};
    values["limit"] = {false, JsonKind::kNumber, "25"};
    values["live"] = {false, JsonKind::kBoolean, "true"};
    values["user"] = {false, JsonKind::kString, "ann"};
    parameters = &values;
    access_token = "token-0123456789";
    secret = [](std::string_view name) -> std::optional<std::string> {
      if (name == "api_key") return "key/+=&\"<12345";
      if (name == "password") return "pass word 1";
      return std::nullopt;
    };
    host_allowed = [](std::string_view host) { return host.ends_with("example.com"); };
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  policy::ParameterValues values;
};

inline policy::RenderOutcome rendered(std::string_view request, const Input& input) {
  return policy::render(compiled(request), input);
}

inline std::string fault(std::string_view request, const Input& input) {
  return std::string(to_string(rendered(request, input).fault));
}

inline std::string url(std::string_view request, const Input& input) {
  const auto outcome = rendered(request, input);
  return outcome.ok() ? outcome.request.url() : std::string(to_string(outcome.fault));
}

inline std::string body(std::string_view request, const Input& input) {
  const auto outcome = rendered(request, input);
  if (!outcome.ok()) return std::string(to_string(outcome.fault));
  return outcome.request.body.value_or("none");
}

}  // namespace sublet::test
