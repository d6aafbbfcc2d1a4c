// SPDX-License-Identifier: Apache-2.0
#include "policy/request/oauth_text.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

Result<Manifest> parse(const std::string& provider) {
  return parse_manifest(
      "{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"e\": true},\n\"oauth\": "
      "{\"p\":\n" +
      provider + "}, \"parameters\": {\"d\": {\"type\": \"domain\"}, \"t\": {}, " +
      "\"s\": {\"secret\": true}}}");
}

std::string refusal(const std::string& provider) {
  const auto manifest = parse(provider);
  return manifest ? "accepted" : manifest.error().message;
}

std::string with(const std::string& field) {
  return R"({"flow": "client_credentials", "client_secret": "x", )" + field + "}";
}

std::string url(const std::string& text, const ParameterValues& values) {
  const auto made = render_oauth_url({text, 1}, values);
  return made ? *made : made.error().message;
}

}  // namespace

TEST_CASE("oauth: a provider is read") {
  const auto manifest = parse(R"({"flow": "authorization_code",
    "authorize_url": "https://<%= param.d %>/authorize", "token_url": "https://a.example.com/token",
    "revoke_url": "https://a.example.com/revoke", "scopes": ["read", "write"],
    "client_id": "<%= param.t %>", "client_secret": "<%= secret.s %>", "scope_of": "user",
    "audience": "api", "client_auth": "body", "extra": {"prompt": "consent"}})");
  REQUIRE(manifest);
  REQUIRE(manifest->oauth.size() == 1);
  const OAuthDeclaration& made = manifest->oauth[0];
  CHECK(made.name == "p");
  CHECK_FALSE(made.client_credentials);
  CHECK(made.user_scope);
  CHECK(made.client_in_body);
  CHECK(made.scopes.size() == 2);
  CHECK(made.extra.at(0).name == "prompt");
  CHECK(made.client_secret.text == "<%= secret.s %>");
}

TEST_CASE("oauth: what is wrong is refused by line and field") {
  CHECK(refusal(with(R"("client_id": "i")")) == "extension.json:2: oauth.p.token_url is missing");
  CHECK(refusal(with("\"client_id\": \"i\",\n\"token_url\": \"https://<%= param.t %>/x\"")) ==
        "extension.json:4: oauth.p.token_url: param.t may not be in a host: only a parameter of "
        "type \"domain\" may");
  for (const char* wrong :
       {R"("client_id": "i", "token_url": "a.example.com")",
        R"("client_id": "i", "token_url": "https://a@b.example.com")",
        R"("client_id": "i", "token_url": "<%= param.d %>")",
        R"("client_id": "i", "token_url": "https://a/<%= secret.s %>")",
        R"("client_id": "<%= context.x %>", "token_url": "https://a/")",
        R"("client_id": "<%= param.s %>", "token_url": "https://a/")",
        R"("client_id": "<%= access_token %>", "token_url": "https://a/")",
        R"("client_id": "i", "token_url": "https://a/", "flow": "implicit")",
        R"("client_id": "i", "token_url": "https://a/", "scopes": "read")",
        R"("client_id": "i", "token_url": "https://a/", "audience": "<%= secret.s %>")",
        R"("client_id": "i", "token_url": "https://a/", "extra": {"a": 1})"}) {
    CAPTURE(wrong);
    CHECK(refusal(with(wrong)) != "accepted");
  }
  CHECK(refusal(R"({"token_url": "https://a/", "client_id": "i"})") ==
        "extension.json:2: oauth.p.authorize_url is missing");
}

TEST_CASE("oauth: texts and URLs take their values") {
  ParameterValues values;
  values["d"] = {false, base::JsonKind::kString, "acme.example.com"};
  values["t"] = {false, base::JsonKind::kString, "a/../b?c"};
  const SecretLookup secret = [](std::string_view name) {
    return name == "s" ? std::optional<std::string>("hush") : std::nullopt;
  };
  CHECK(*render_oauth_text({"<%= param.t %>:<%= secret.s %>", 1}, values, secret) ==
        "a/../b?c:hush");
  CHECK_FALSE(render_oauth_text({"<%= secret.none %>", 1}, values, secret));
  CHECK(url("https://<%= param.d %>/x/<%= param.t %>", values) ==
        "https://acme.example.com/x/a%2F..%2Fb%3Fc");
  values["d"].text = "evil.com/";
  CHECK(url("https://<%= param.d %>/x", values) == "param.d is no domain");
  values["t"].text = "..";
  CHECK(url("https://a.example.com/<%= param.t %>", values) ==
        "param.t may not be \".\" or \"..\"");
}

}  // namespace sublet::policy
