// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_payload.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace sublet::events {
namespace {

using nlohmann::json;

constexpr PayloadBounds kWide{1u << 20, 64};
const std::string kAddress(32, 'a');

policy::WebhookDeclaration declared() {
  policy::WebhookDeclaration made;
  made.name = "w";
  made.signature_header = "X-Own";
  return made;
}

json payload(const WebhookRequest& request, const policy::HttpFields& headers = {},
             const PayloadBounds& bounds = kWide) {
  const auto text = webhook_payload(declared(), request, headers, bounds);
  REQUIRE(text);
  return json::parse(*text);
}

}  // namespace

TEST_CASE("webhook payloads: the request as it was") {
  const json event = payload({"POST", "/h/" + kAddress + "?a=1&b=%C3%A9", {}, "{\"n\": 1}"},
                             {{"Content-Type", "application/json; charset=utf-8"}, {"X-A", " 1 "}});
  CHECK(event == json::parse(R"({"webhook": "w", "method": "POST", "query": {"a": "1", "b": "é"},
      "headers": {"content-type": "application/json; charset=utf-8", "x-a": "1"},
      "body": "{\"n\": 1}", "bodyBase64": "eyJuIjogMX0=", "json": {"n": 1}})"));
}

TEST_CASE("webhook payloads: bytes that are no text") {
  const std::string bytes("\xff\x00\x01", 3);
  const json event = payload({"PUT", "/", {}, bytes}, {{"X-A", "\xe9"}});
  CHECK(event["body"] == nullptr);
  CHECK(event["bodyBase64"] == base::encode_base64(bytes));
  CHECK_FALSE(event.contains("json"));
  CHECK(event["headers"]["x-a"] == "\xEF\xBF\xBD");
}

TEST_CASE("webhook payloads: JSON is there where it is said to be, is it, and is not too deep") {
  const auto has_json = [](const char* type, const std::string& body) {
    return payload({"POST", "/", {}, body}, {{"content-type", type}}, {1u << 20, 3})
        .contains("json");
  };
  CHECK(has_json("application/json", "[[]]"));
  CHECK(has_json("Application/CloudEvents+JSON", "1"));
  CHECK_FALSE(has_json("text/plain", "1"));
  CHECK_FALSE(has_json("application/json", "[[[]]]"));
  CHECK_FALSE(has_json("application/json", "{"));
  CHECK_FALSE(has_json("application/json", ""));
  // As exact as it was sent.
  const auto text = webhook_payload(declared(), {"POST", "/", {}, "12345678901234567890123"},
                                    {{"Content-Type", "application/json"}}, kWide);
  REQUIRE(text);
  CHECK(text->find("\"json\":12345678901234567890123}") != std::string::npos);
}

TEST_CASE("webhook payloads: what is secret stays out") {
  const json event =
      payload({"POST", "/" + kAddress, {}, ""}, {{"Authorization", "Bearer s3"},
                                                 {"Proxy-Authorization", "s3"},
                                                 {"Cookie", "s3"},
                                                 {"X-Hub-Signature-256", "s3"},
                                                 {"Stripe-Signature", "s3"},
                                                 {"X-Gitlab-Token", "s3"},
                                                 {"X-Shopify-Hmac-Sha256", "s3"},
                                                 {"x-own", "s3"},
                                                 {"X-Original-URI", "/h/" + kAddress},
                                                 {"X-GitHub-Event", "push"}});
  CHECK(event["headers"] == json{{"x-github-event", "push"}});
  CHECK(event.dump().find(kAddress) == std::string::npos);
}

TEST_CASE("webhook payloads: lines of one name become one") {
  const json event = payload({"POST", "/", {}, ""}, {{"X-A", "1"}, {"x-a", "2"}});
  CHECK(event["headers"] == json{{"x-a", "1, 2"}});
}

TEST_CASE("webhook payloads: what does not fit is left out, the bytes last") {
  const WebhookRequest request{"POST", "/", {}, "[\"" + std::string(1000, 'a') + "\"]"};
  const policy::HttpFields headers = {{"Content-Type", "application/json"}};
  const auto event = [&](std::size_t most) {
    const auto text = webhook_payload(declared(), request, headers, {most, 64});
    return text ? json::parse(*text) : json();
  };
  CHECK(event(4000)["body"].is_string());
  CHECK(event(3000)["body"] == nullptr);
  CHECK(event(3000).contains("json"));
  CHECK_FALSE(event(2000).contains("json"));
  CHECK(event(2000)["bodyBase64"] == base::encode_base64(request.body));
  CHECK(event(1000).is_null());
}

TEST_CASE("webhook payloads: Slack's question") {
  CHECK(slack_challenge(R"({"type": "url_verification", "challenge": "c", "token": "t"})") == "c");
  for (const char* body :
       {"", "[]", "{}", R"({"type": "url_verification"})", R"({"type": "event", "challenge": "c"})",
        R"({"type": "url_verification", "challenge": 1})"}) {
    CAPTURE(body);
    CHECK_FALSE(slack_challenge(body));
  }
}

}  // namespace sublet::events
