// SPDX-License-Identifier: Apache-2.0
#include "policy/request/hosts.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

Result<Manifest> parse(const std::string& section) {
  return parse_manifest("{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"e\": true},\n" +
                        section + "}");
}

Result<Manifest> parse_secret(const std::string& hosts) {
  return parse(R"("parameters": {"key": {"secret": true, "hosts": )" + hosts + "}}");
}

Result<Manifest> parse_provider(const std::string& hosts) {
  return parse(
      R"("oauth": {"crm": {"flow": "client_credentials", "token_url": "https://a.example.com/t",
         "client_id": "i", "client_secret": "s", "hosts": )" +
      hosts + "}}");
}

std::string refusal(const Result<Manifest>& manifest) {
  return manifest ? "accepted" : manifest.error().message;
}

std::string many(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "\"a" : ", \"a") + std::to_string(i) + ".example.com\"";
  }
  return "[" + out + "]";
}

}  // namespace

TEST_CASE("hosts: of secrets and of providers are kept, and parse") {
  const auto secret = parse_secret(R"(["api.example.com",
    "*.example.com:8443"])");
  REQUIRE(secret);
  const auto& kept = secret->parameters.at(0).hosts;
  REQUIRE(kept.size() == 2);
  CHECK(kept[1].text == "*.example.com:8443");
  CHECK(kept[1].line == 3);
  const auto parsed = parse_hosts("parameters.key.hosts", kept);
  REQUIRE(parsed);
  CHECK(parsed->at(1).subdomains);
  CHECK(parsed->at(1).port == 8443);

  const auto provider = parse_provider(R"(["api.example.com"])");
  REQUIRE(provider);
  CHECK(provider->oauth.at(0).hosts.at(0).text == "api.example.com");
  CHECK(parse_secret("[]")->parameters.at(0).hosts.empty());
}

TEST_CASE("hosts: what is none is refused by line and field") {
  CHECK(refusal(parse_secret("[\"a.example.com\",\n\"*\"]")) ==
        "extension.json:3: parameters.key.hosts[1] \"*\" may have a '*' only as its first label, "
        "before a dot");
  CHECK(refusal(parse_provider("\n[\"https://a.example.com/x\"]"))
            .starts_with("extension.json:4: oauth.crm.hosts[0] \"https://a.example.com/x\" must be "
                         "a host and nothing else"));
  CHECK(refusal(parse_secret("\"a.example.com\"")) ==
        "extension.json:2: parameters.key.hosts must be an array");
  CHECK(refusal(parse_secret("[1]")) ==
        "extension.json:2: parameters.key.hosts[0] must be a string");
  CHECK(refusal(parse_secret("[\"\"]")) == "extension.json:2: parameters.key.hosts[0] is empty");
  CHECK(refusal(parse_secret(R"(["a.example.com", "a.example.com"])")) ==
        "extension.json:2: parameters.key.hosts[1] \"a.example.com\" is there twice");
  CHECK(refusal(parse_secret(many(kMaxSecretHosts))) == "accepted");
  CHECK(refusal(parse_secret(many(kMaxSecretHosts + 1))) ==
        "extension.json:2: parameters.key.hosts has more than 16 entries");
  CHECK(refusal(parse(R"("parameters": {"p": {"hosts": ["a.example.com"]}})")) ==
        "extension.json:2: parameters.p.hosts is for secrets only");
}

TEST_CASE("hosts: egress is checked when it is read") {
  CHECK(refusal(parse(R"("egress": ["a.example.com", "*.example.com", "a.example.com:8443"])")) ==
        "accepted");
  CHECK(refusal(parse("\"egress\": [\"a.example.com\",\n\"*.com\"]"))
            .starts_with("extension.json:3: egress[1] \"*.com\" is too wide"));
  CHECK(refusal(parse(R"("egress": ["a@b.example.com"])"))
            .starts_with("extension.json:2: egress[0] \"a@b.example.com\" must be a host"));
  CHECK(refusal(parse(R"("egress": ["127.1"])")).starts_with("extension.json:2: egress[0]"));
}

}  // namespace sublet::policy
