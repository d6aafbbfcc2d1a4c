// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhooks_section.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

// A manifest whose section stands in line 2.
Result<Manifest> parse(const std::string& webhooks) {
  return parse_manifest(
      "{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"onPush\": "
      "true},\n\"webhooks\": " +
      webhooks + R"(, "parameters": {"key": {"secret": true}, "open": {}}})");
}

std::string refusal(const std::string& webhooks) {
  const auto manifest = parse(webhooks);
  return manifest ? "accepted" : manifest.error().message;
}

std::string signed_by(const std::string& signature) {
  return refusal("{\"w\": {\"event\": \"onPush\", \"signature\": {" + signature + "}}}");
}

std::string many(std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "\"n" : ", \"n") + std::to_string(i) + R"(": {"event": "onPush"})";
  }
  return out + "}";
}

}  // namespace

TEST_CASE("manifest: webhooks are kept") {
  const auto manifest = parse(R"({
      "github": {"event": "onPush", "signature": {"scheme": "github", "secret": "key"}},
      "own": {"event": "onPush", "signature": {"scheme": "hmac", "secret": "key",
              "header": "X-Sig", "prefix": "v=", "timestamp_header": "X-Time",
              "tolerance_s": 60}},
      "open": {"event": "onPush"}})");
  REQUIRE(manifest);
  REQUIRE(manifest->webhooks.size() == 3);
  const WebhookDeclaration& github = manifest->webhooks[0];
  CHECK(github.name == "github");
  CHECK(github.event == "onPush");
  CHECK(github.scheme == SignatureScheme::kGitHub);
  CHECK(github.secret == "key");
  CHECK(github.tolerance == std::chrono::seconds(300));
  const WebhookDeclaration& own = manifest->webhooks[1];
  CHECK(own.scheme == SignatureScheme::kHmac);
  CHECK(own.signature_header == "X-Sig");
  CHECK(own.signature_prefix == "v=");
  CHECK(own.timestamp_header == "X-Time");
  CHECK(own.tolerance == std::chrono::seconds(60));
  CHECK(manifest->webhooks[2].scheme == SignatureScheme::kNone);
}

TEST_CASE("manifest: every scheme has its word") {
  for (const char* word : {"github", "stripe", "slack", "standard"}) {
    CAPTURE(word);
    CHECK(signed_by("\"scheme\": \"" + std::string(word) + "\", \"secret\": \"key\"") ==
          "accepted");
  }
  CHECK(signed_by("\"scheme\": \"none\"") == "accepted");
  CHECK(signed_by("") == "accepted");
  const std::string words =
      "extension.json:2: webhooks.w.signature.scheme must be \"none\" or \"hmac\" or \"github\" or "
      "\"stripe\" or \"slack\" or \"standard\"";
  CHECK(signed_by("\"scheme\": \"md5\"") == words);
  CHECK(signed_by("\"scheme\": 1") == words);
}

TEST_CASE("manifest: a webhook's event is handled, and its secret is one") {
  CHECK(refusal(R"({"w": {"event": "onPull"}})") ==
        "extension.json:2: webhooks.w.event: \"onPull\" is not among the handlers");
  CHECK(refusal(R"({"w": {}})") == "extension.json:2: webhooks.w.event is missing");
  const std::string undeclared = " is not a secret parameter of the manifest";
  CHECK(signed_by(R"("scheme": "slack", "secret": "none")") ==
        "extension.json:2: webhooks.w.signature.secret: \"none\"" + undeclared);
  CHECK(signed_by(R"("scheme": "slack", "secret": "open")") ==
        "extension.json:2: webhooks.w.signature.secret: \"open\"" + undeclared);
  CHECK(signed_by(R"("scheme": "slack")") ==
        "extension.json:2: webhooks.w.signature.secret is missing");
  CHECK(signed_by(R"("secret": "key")")
            .ends_with("signature.secret is for a scheme, and there is none"));
}

TEST_CASE("manifest: what is said of a signature fits its scheme") {
  CHECK(signed_by(R"("scheme": "hmac", "secret": "key")") ==
        "extension.json:2: webhooks.w.signature.header is missing");
  CHECK(signed_by(R"("scheme": "hmac", "secret": "key", "header": "a b")") ==
        "extension.json:2: webhooks.w.signature.header must be the name of a header");
  CHECK(signed_by(R"("scheme": "github", "secret": "key", "prefix": "v=")")
            .ends_with("are for the scheme \"hmac\" only"));
  CHECK(signed_by(R"("tolerance_s": 0)").ends_with("must be a whole number between 1 and 3600"));
  CHECK(signed_by(R"("tolerance_s": 3601)").ends_with("must be a whole number between 1 and 3600"));
  CHECK(signed_by(R"("schem": "none")").ends_with("did you mean \"webhooks.w.signature.scheme\"?"));
}

TEST_CASE("manifest: webhooks are what they should be, and bounded") {
  CHECK(refusal("[]") == "extension.json:2: webhooks must be an object");
  CHECK(refusal("{\"a b\": {}}").starts_with("extension.json:2: the webhook name in webhooks"));
  CHECK(refusal(R"({"w": {"event": 1}})") == "extension.json:2: webhooks.w.event must be a string");
  CHECK(refusal(many(kMaxWebhooks)) == "accepted");
  CHECK(refusal(many(kMaxWebhooks + 1)) == "extension.json:2: webhooks has more than 64 entries");
}

}  // namespace sublet::policy
