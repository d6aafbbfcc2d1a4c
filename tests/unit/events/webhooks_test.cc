// SPDX-License-Identifier: Apache-2.0
#include "events/webhooks.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/webhook_signing.h"
#include "unit/events/webhooks_bed.h"

namespace sublet::events {
namespace {

using nlohmann::json;

constexpr const char* kSecret = "a-secret-of-the-tenant";

std::string header(const WebhookResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

WebhookRequest github(const std::string& url, const std::string& body, const char* key = kSecret) {
  return {"POST", url, {{"X-Hub-Signature-256", "sha256=" + test::sign_hex(key, body)}}, body};
}

WebhookRequest slack(const std::string& url, const std::string& body, std::int64_t time) {
  const std::string at = std::to_string(time);
  return {"POST",
          url,
          {{"x-slack-request-timestamp", at},
           {"x-slack-signature", "v0=" + test::sign_hex(kSecret, "v0:" + at + ":" + body)}},
          body};
}

std::int64_t now(const WebhooksBed& bed) {
  return std::chrono::floor<std::chrono::seconds>(bed.wall).time_since_epoch().count();
}

void check_silent(const WebhookResponse& response) {
  CHECK(response.body.empty());
  CHECK(response.event_id.empty());
  CHECK(response.reason.find(kSecret) == std::string::npos);
}

}  // namespace

TEST_CASE("webhooks: a request becomes an event of its extension") {
  WebhooksBed bed;
  const WebhookResponse response = bed.post(bed.url() + "?a=b", "hello");
  CHECK(response.status == 202);
  CHECK(response.event_id == "e0");
  REQUIRE(bed.publisher->published.size() == 1);
  const Publication& made = bed.publisher->published[0];
  CHECK(made.tenant == "t");
  CHECK(made.extension == "x");
  CHECK(made.event == "on_open");
  CHECK(made.idempotency_key.empty());
  const json payload = json::parse(made.payload);
  CHECK(payload["webhook"] == "open");
  CHECK(payload["query"]["a"] == "b");
  CHECK(payload["body"] == "hello");
  CHECK(bed.publisher->by[0].source == Source::kWebhook);
  // Without a signature nothing tells one from another.
  CHECK(bed.post(bed.url(), "hello").event_id == "e1");
}

TEST_CASE("webhooks: POST and PUT, and nothing else") {
  WebhooksBed bed;
  const std::string url = bed.url();
  CHECK(bed.send({"PUT", url, {}, ""}).status == 202);
  for (const char* method : {"GET", "HEAD", "DELETE", "post", ""}) {
    const WebhookResponse response = bed.send({method, url, {}, ""});
    CHECK(response.status == 405);
    CHECK(header(response, "Allow") == "POST, PUT");
  }
}

TEST_CASE("webhooks: an address that nobody has") {
  WebhooksBed bed;
  for (const std::string& target : {std::string("/"), "/h/" + std::string(32, 'a')}) {
    const WebhookResponse response = bed.post(target);
    CHECK(response.status == 404);
    CHECK(response.reason == "unknown_address");
    check_silent(response);
  }
}

TEST_CASE("webhooks: a signature has to hold") {
  WebhooksBed bed;
  const std::string url = bed.url("github");
  CHECK(bed.send(github(url, "{}")).status == 202);
  const WebhookResponse wrong = bed.send(github(url, "{}", "another secret"));
  CHECK(wrong.status == 401);
  CHECK(wrong.reason == "signature");
  check_silent(wrong);
  const WebhookResponse missing = bed.post(url, "{}");
  CHECK(missing.status == 401);
  CHECK(missing.reason == "signature_missing");
  check_silent(missing);
  bed.host.secrets.clear();
  CHECK(bed.send(github(url, "{}")).reason == "signature_no_secret");
  CHECK(bed.send(github(url, "{}", "")).status == 401);
  CHECK(bed.publisher->published.size() == 1);
}

TEST_CASE("webhooks: no secret and no signature gets into the event") {
  WebhooksBed bed;
  const WebhookRequest request = github(bed.url("github"), "{}");
  CHECK(bed.send(request).status == 202);
  const Publication& made = bed.publisher->published.at(0);
  for (const std::string& text : {made.payload, made.idempotency_key}) {
    CHECK(text.find(kSecret) == std::string::npos);
    CHECK(text.find(request.headers[0].second.substr(7)) == std::string::npos);
  }
}

TEST_CASE("webhooks: what comes again is one event, and is answered like the first") {
  WebhooksBed bed;
  const std::string url = bed.url("slack");
  const WebhookRequest request = slack(url, "a=b", now(bed));
  CHECK(bed.send(request).event_id == "e0");
  const WebhookResponse again = bed.send(request);
  CHECK(again.status == 202);
  CHECK(again.event_id == "e0");
  CHECK(again.reason == "replayed");
  CHECK(bed.publisher->published.size() == 1);
  // As long as it is not too old.
  CHECK(bed.publisher->published[0].idempotency_window > std::chrono::seconds(600));
  bed.wall += std::chrono::seconds(301);
  const WebhookResponse late = bed.send(request);
  CHECK(late.status == 401);
  CHECK(late.reason == "signature_too_old");
  CHECK(bed.send(slack(url, "a=b", now(bed) + 301)).reason == "signature_too_new");
}

TEST_CASE("webhooks: the same message to two webhooks is two events") {
  WebhooksBed bed;
  bed.host.declare("github2", policy::SignatureScheme::kGitHub);
  CHECK(bed.send(github(bed.url("github"), "{}")).event_id == "e0");
  CHECK(bed.send(github(bed.url("github2"), "{}")).event_id == "e1");
}

TEST_CASE("webhooks: Slack's question is answered, if Slack asks it") {
  WebhooksBed bed;
  const std::string url = bed.url("slack");
  const std::string body = R"({"type": "url_verification", "challenge": "c4"})";
  const WebhookResponse response = bed.send(slack(url, body, now(bed)));
  CHECK(response.status == 200);
  CHECK(response.body == "c4");
  CHECK(header(response, "Content-Type").starts_with("text/plain"));
  CHECK(bed.publisher->published.empty());
  check_silent(bed.post(url, body));
  CHECK(bed.send(github(bed.url("github"), body)).status == 202);
}

TEST_CASE("webhooks: a tenant's rate") {
  WebhooksBed bed;
  bed.host.policy_of.events.webhook_rate = {2, std::chrono::minutes(1), 2};
  const std::string url = bed.url();
  CHECK(bed.post(url).status == 202);
  CHECK(bed.post(bed.url("github")).status == 401);
  const WebhookResponse refused = bed.post(url);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "30");
  bed.clock.advance(std::chrono::seconds(30));
  CHECK(bed.post(url).status == 202);
}

TEST_CASE("webhooks: a body's size") {
  WebhooksBed bed;
  bed.host.policy_of.events.webhook_body = Bytes{4};
  CHECK(bed.post(bed.url(), "1234").status == 202);
  CHECK(bed.post(bed.url(), "12345").status == 413);
  bed.host.policy_of.events.limits.payload = Bytes{80};
  CHECK(bed.post(bed.url(), "1234").status == 413);
}

TEST_CASE("webhooks: where the extension is not, or the queue, it may come again") {
  WebhooksBed bed;
  const std::string url = bed.url();
  bed.host.installed = false;
  WebhookResponse response = bed.post(url);
  CHECK(response.status == 503);
  CHECK(response.reason == "not_installed");
  CHECK_FALSE(header(response, "Retry-After").empty());
  bed.host.installed = true;
  bed.host.declared.erase("open");
  CHECK(bed.post(url).status == 503);
  bed.clock.advance(std::chrono::minutes(1));
  bed.queue->down = true;
  response = bed.post(url);
  CHECK(response.status == 503);
  CHECK_FALSE(header(response, "Retry-After").empty());
}

TEST_CASE("webhooks: what the publisher says") {
  WebhooksBed bed;
  const std::string url = bed.url();
  const auto status = [&](PublishStatus said) {
    PublishReceipt receipt;
    receipt.status = said;
    receipt.retry_after = std::chrono::milliseconds(1500);
    bed.publisher->receipt = receipt;
    return bed.post(url);
  };
  CHECK(status(PublishStatus::kNobodyListens).status == 503);
  CHECK(status(PublishStatus::kTooManyQueued).status == 503);
  CHECK(status(PublishStatus::kThrottled).status == 429);
  CHECK(header(status(PublishStatus::kThrottled), "Retry-After") == "2");
  CHECK(status(PublishStatus::kDenied).status == 403);
  CHECK(status(PublishStatus::kUnavailable).status == 503);
  const auto failed = [&](ErrorCode code) {
    bed.publisher->error = Error{code, "x"};
    return bed.post(url).status;
  };
  CHECK(failed(ErrorCode::kInvalidArgument) == 422);
  CHECK(failed(ErrorCode::kIndeterminate) == 503);
  CHECK(failed(ErrorCode::kInternal) == 500);
}

TEST_CASE("webhooks: an answer that comes when all has gone publishes nothing") {
  WebhooksBed bed;
  const std::string url = bed.url();
  bed.queue->hold = true;
  std::optional<std::uint16_t> status;
  bed.webhooks->deliver({"POST", url, {}, ""},
                        [&](Result<WebhookResponse> response) { status = response->status; });
  bed.webhooks.reset();
  bed.queue->release();
  CHECK(status == 503);
  CHECK(bed.publisher->published.empty());
}

}  // namespace sublet::events
