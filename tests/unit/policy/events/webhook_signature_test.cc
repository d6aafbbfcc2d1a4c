// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_signature.h"

#include <doctest/doctest.h>

#include "base/base64.h"
#include "support/webhook_signing.h"

namespace sublet::policy {
namespace {

using Fault = SignatureFault;
using Scheme = SignatureScheme;

std::chrono::sys_seconds at(std::int64_t seconds) {
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

WebhookDeclaration of(Scheme scheme) {
  WebhookDeclaration declared;
  declared.scheme = scheme;
  return declared;
}

Fault check(const WebhookDeclaration& declared, std::string_view secret, const HttpFields& headers,
            std::string_view body, std::int64_t now) {
  const SignatureCheck checked = check_signature(declared, secret, headers, body, at(now));
  CHECK((checked.fault == Fault::kNone) == (checked.key.size() == 32));
  return checked.fault;
}

// GitHub's documentation, "Validating webhook deliveries".
constexpr const char* kGitHubSecret = "It's a Secret to Everybody";
constexpr const char* kGitHubBody = "Hello, World!";
constexpr const char* kGitHubHex =
    "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

Fault github(const HttpFields& headers, std::string_view body = kGitHubBody) {
  return check(of(Scheme::kGitHub), kGitHubSecret, headers, body, 0);
}

// Slack's documentation, "Verifying requests from Slack".
constexpr const char* kSlackSecret = "8f742231b10e8888abcd99yyyzzz85a5";
constexpr const char* kSlackSignature =
    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
constexpr const char* kSlackBody =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    "803a0bc887a14d10d2c447fce8b6703c";
constexpr std::int64_t kSlackTime = 1'531'420'618;

Fault slack(std::int64_t now, const std::string& timestamp = "1531420618") {
  return check(of(Scheme::kSlack), kSlackSecret,
               {{"X-Slack-Request-Timestamp", timestamp}, {"X-Slack-Signature", kSlackSignature}},
               kSlackBody, now);
}

// The vector of the Standard Webhooks libraries.
constexpr const char* kStandardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kStandardBody = "{\"test\": 2432232314}";
constexpr const char* kStandardSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr std::int64_t kStandardTime = 1'614'265'330;

HttpFields standard_headers(const std::string& signature) {
  return {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
          {"webhook-timestamp", "1614265330"},
          {"webhook-signature", signature}};
}

Fault standard(const HttpFields& headers, std::int64_t now = kStandardTime) {
  return check(of(Scheme::kStandard), kStandardSecret, headers, kStandardBody, now);
}

constexpr const char* kStripeSecret = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH";
constexpr std::int64_t kStripeTime = 1'492'774'577;

std::string stripe_mac(const std::string& body, const char* secret = kStripeSecret) {
  return test::sign_hex(secret, "1492774577." + body);
}

Fault stripe(const std::string& header, const std::string& body = "{}",
             std::int64_t now = kStripeTime) {
  return check(of(Scheme::kStripe), kStripeSecret, {{"Stripe-Signature", header}}, body, now);
}

}  // namespace

TEST_CASE("signatures: GitHub's example") {
  const std::string good = std::string("sha256=") + kGitHubHex;
  CHECK(github({{"X-Hub-Signature-256", good}}) == Fault::kNone);
  CHECK(github({{"x-hub-signature-256", good}}) == Fault::kNone);
  CHECK(github({{"X-HUB-SIGNATURE-256", good}}) == Fault::kNone);
  CHECK(github({{"X-Hub-Signature-256", good}}, "Hello, World") == Fault::kWrong);
  CHECK(github({{"X-Hub-Signature-256", good}}, "") == Fault::kWrong);
}

TEST_CASE("signatures: GitHub's header has to be there, once, and whole") {
  const std::string good = std::string("sha256=") + kGitHubHex;
  CHECK(github({}) == Fault::kMissing);
  CHECK(github({{"X-Hub-Signature", good}}) == Fault::kMissing);
  CHECK(github({{"X-Hub-Signature-256", good}, {"x-hub-signature-256", good}}) == Fault::kTwice);
  for (const std::string& bad :
       {std::string(), std::string(kGitHubHex), std::string("sha1=") + kGitHubHex,
        std::string("sha256="), good.substr(0, good.size() - 1), good + "0",
        std::string("sha256=") + std::string(64, 'g'), good + "," + good}) {
    CAPTURE(bad);
    CHECK(github({{"X-Hub-Signature-256", bad}}) == Fault::kMalformed);
  }
}

TEST_CASE("signatures: every bit of one counts") {
  for (std::size_t i = 0; i < 64; ++i) {
    std::string hex = kGitHubHex;
    hex[i] = hex[i] == '0' ? '1' : '0';
    CHECK(github({{"X-Hub-Signature-256", "sha256=" + hex}}) == Fault::kWrong);
  }
}

TEST_CASE("signatures: without a secret nothing is signed") {
  const std::string by_nobody = "sha256=" + test::sign_hex("", kGitHubBody);
  const HttpFields headers = {{"X-Hub-Signature-256", by_nobody}};
  CHECK(check(of(Scheme::kGitHub), "", headers, kGitHubBody, 0) == Fault::kNoSecret);
  CHECK(check(of(Scheme::kGitHub), " ", headers, kGitHubBody, 0) == Fault::kNoSecret);
}

TEST_CASE("signatures: Slack's example, and its time") {
  CHECK(slack(kSlackTime) == Fault::kNone);
  CHECK(slack(kSlackTime + 300) == Fault::kNone);
  CHECK(slack(kSlackTime + 301) == Fault::kTooOld);
  CHECK(slack(kSlackTime - 300) == Fault::kNone);
  CHECK(slack(kSlackTime - 301) == Fault::kTooNew);
  CHECK(slack(kSlackTime, "1531420619") == Fault::kWrong);
  for (const char* bad : {"", "-1", "+1531420618", "1531420618.0", "0x5b47", "9999999999999"}) {
    CAPTURE(bad);
    CHECK(slack(kSlackTime, bad) == Fault::kMalformed);
  }
}

TEST_CASE("signatures: Slack's timestamp has to be there, once") {
  const HttpField signature = {"X-Slack-Signature", kSlackSignature};
  const HttpField timestamp = {"X-Slack-Request-Timestamp", "1531420618"};
  const auto faults = [&](const HttpFields& headers) {
    return check(of(Scheme::kSlack), kSlackSecret, headers, kSlackBody, kSlackTime);
  };
  CHECK(faults({signature}) == Fault::kMissing);
  CHECK(faults({timestamp}) == Fault::kMissing);
  CHECK(faults({signature, timestamp, timestamp}) == Fault::kTwice);
}

TEST_CASE("signatures: the vector of Standard Webhooks") {
  const std::string other = "v1," + base::encode_base64(std::string(32, 'x'));
  CHECK(standard(standard_headers(kStandardSignature)) == Fault::kNone);
  CHECK(standard(standard_headers(other + " " + kStandardSignature)) == Fault::kNone);
  CHECK(standard(standard_headers(std::string("v1a,abc ") + kStandardSignature)) == Fault::kNone);
  CHECK(standard(standard_headers(other)) == Fault::kWrong);
  CHECK(standard(standard_headers("v1a,abc")) == Fault::kMalformed);
  CHECK(standard(standard_headers("v1,abc")) == Fault::kMalformed);
  CHECK(standard(standard_headers(kStandardSignature), kStandardTime + 301) == Fault::kTooOld);
  HttpFields no_id = standard_headers(kStandardSignature);
  no_id.erase(no_id.begin());
  CHECK(standard(no_id) == Fault::kMissing);
}

TEST_CASE("signatures: an id that could be cut in two ways is none") {
  HttpFields headers = standard_headers(kStandardSignature);
  headers[0].value = "a.1614265330";
  CHECK(standard(headers) == Fault::kMalformed);
}

TEST_CASE("signatures: a repetition of Standard Webhooks has its message's key") {
  const std::string key(24, 'k');
  const std::string secret = base::encode_base64(key);
  const auto key_at = [&](const std::string& id, const std::string& time) {
    const std::string mac = base::encode_base64(test::sign(key, id + "." + time + ".{}"));
    const HttpFields headers = {
        {"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", "v1," + mac}};
    return check_signature(of(Scheme::kStandard), secret, headers, "{}", at(1000)).key;
  };
  CHECK(key_at("a", "1000") == key_at("a", "1001"));
  CHECK(key_at("a", "1000") != key_at("b", "1000"));
}

TEST_CASE("signatures: Stripe's header") {
  const std::string mac = stripe_mac("{}");
  const std::string wrong(64, 'a');
  CHECK(stripe("t=1492774577,v1=" + mac) == Fault::kNone);
  CHECK(stripe("t=1492774577,v1=" + mac + ",v0=" + wrong) == Fault::kNone);
  CHECK(stripe("v1=" + mac + ", t=1492774577") == Fault::kNone);
  CHECK(stripe("t=1492774577,v1=" + wrong + ",v1=" + mac) == Fault::kNone);
  CHECK(stripe("t=1492774577,v1=" + wrong) == Fault::kWrong);
  CHECK(stripe("t=1492774577,v0=" + mac) == Fault::kMalformed);
  CHECK(stripe("v1=" + mac) == Fault::kMalformed);
  CHECK(stripe("t=1492774577,t=1492774577,v1=" + mac) == Fault::kMalformed);
  CHECK(stripe("t=1492774578,v1=" + mac) == Fault::kWrong);
  CHECK(stripe("t=1492774577,v1=" + mac, "{ }") == Fault::kWrong);
  CHECK(stripe("t=1492774577,v1=" + mac, "{}", kStripeTime + 301) == Fault::kTooOld);
  CHECK(stripe("t=1492774577,v1=" + mac, "{}", kStripeTime - 301) == Fault::kTooNew);
  CHECK(stripe("") == Fault::kMalformed);
}

TEST_CASE("signatures: no more than so many in one header") {
  const auto many = [&](std::size_t count) {
    std::string header = "t=1492774577";
    for (std::size_t i = 1; i < count; ++i) header += ",v1=" + std::string(64, 'a');
    return stripe(header + ",v1=" + stripe_mac("{}"));
  };
  CHECK(many(kMostSignatures) == Fault::kNone);
  CHECK(many(kMostSignatures + 1) == Fault::kMalformed);
}

TEST_CASE("signatures: what is taken twice does not depend on which of them held") {
  const std::string old_secret = "the-old-secret-of-theirs";
  const std::string secrets = old_secret + "," + kStripeSecret;
  const auto key = [&](const std::string& mac) {
    const SignatureCheck checked =
        check_signature(of(Scheme::kStripe), secrets,
                        {{"Stripe-Signature", "t=1492774577,v1=" + mac}}, "{}", at(kStripeTime));
    CHECK(checked.fault == Fault::kNone);
    return checked.key;
  };
  CHECK(key(stripe_mac("{}")) == key(stripe_mac("{}", old_secret.c_str())));
}

TEST_CASE("signatures: of one's own headers, in hexadecimal and base64") {
  WebhookDeclaration declared = of(Scheme::kHmac);
  declared.signature_header = "X-Signature";
  declared.signature_prefix = "v=";
  const std::string mac = test::sign("s", "body");
  const auto fault = [&](const std::string& value) {
    return check(declared, "s", {{"x-signature", value}}, "body", 5);
  };
  CHECK(fault("v=" + base::to_hex(mac)) == Fault::kNone);
  CHECK(fault("v=" + base::encode_base64(mac)) == Fault::kNone);
  CHECK(fault(base::to_hex(mac)) == Fault::kMalformed);
  CHECK(fault("v=" + base::encode_base64(mac.substr(1))) == Fault::kMalformed);
  CHECK(replay_window(declared) == std::chrono::seconds(300));

  declared.timestamp_header = "X-Time";
  const std::string timed = base::to_hex(test::sign("s", "700.body"));
  const HttpFields headers = {{"X-Signature", "v=" + timed}, {"X-Time", "700"}};
  CHECK(check(declared, "s", headers, "body", 700) == Fault::kNone);
  CHECK(check(declared, "s", headers, "body", 1001) == Fault::kTooOld);
  CHECK(check(declared, "s", {headers[0]}, "body", 700) == Fault::kMissing);
  CHECK(replay_window(declared) > std::chrono::seconds(600));
}

TEST_CASE("signatures: none is asked for") {
  const SignatureCheck checked = check_signature(of(Scheme::kNone), "", {}, "body", at(0));
  CHECK(checked.fault == Fault::kNone);
  CHECK(checked.key.empty());
}

}  // namespace sublet::policy
