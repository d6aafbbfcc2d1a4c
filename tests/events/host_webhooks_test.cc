// SPDX-License-Identifier: Apache-2.0
#include <openssl/hmac.h>

#include "events/event_host.h"

namespace sublet::scenario {
namespace {

std::string hmac_sha256(const std::string& secret, const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

const Json kGitHub = {
    {"parameters", {{"key", {{"secret", true}}}}},
    {"webhooks",
     {{"github",
       {{"event", "onPush"}, {"signature", {{"scheme", "github"}, {"secret", "key"}}}}}}}};

WebhookRequest request_for(const std::string& url, const std::string& body) {
  WebhookRequest request;
  request.method = "POST";
  request.target = url.substr(url.find("/in/"));
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  return request;
}

TEST_CASE("webhooks: what is signed becomes an event, what is not does not") {
  EventHost side;
  side.start();
  Json manifest = {{"name", "a"},
                   {"version", "1.0.0"},
                   {"handlers", {{"onPush", "onPush"}, {"onAsk", "onAsk"}}}};
  manifest.update(kGitHub);
  const auto bundle = Bundle::from_memory({{"extension.json", manifest.dump()}, {"extension.js", R"(
    export async function onPush(event, { host }) { host.note(event.data); }
    export async function onAsk(event, { host, webhooks }) {
      host.note([await webhooks.url("github"), await webhooks.url("github")]);
    })"}});
  REQUIRE(bundle);
  InstallOptions values;
  values.parameters = R"({"key":"a secret of ours"})";
  const auto installed = side.host->install("acme", *bundle, values);
  REQUIRE_MESSAGE(installed, (installed ? "" : installed.error().message));
  side.publish(of("acme", "onAsk"));
  const Json urls = side.notes(1)[0];
  const std::string url = urls[0];
  CHECK(urls[1] == url);
  CHECK(url.starts_with("https://hooks.example.com/in/"));
  CHECK(*side.host->events().webhook_url("acme", "a", "github") == url);

  const std::string body = R"({"ref":"main"})";
  WebhookRequest request = request_for(url, body);
  CHECK(side.host->deliver_webhook(request)->status == 401);
  request.headers.emplace_back("X-Hub-Signature-256",
                               "sha256=" + hmac_sha256("a secret of ours", body));
  const auto taken = side.host->deliver_webhook(request);
  REQUIRE(taken);
  CHECK(taken->status == 202);
  CHECK_FALSE(taken->event_id.empty());
  const Json data = side.notes(2)[1];
  CHECK(data["webhook"] == "github");
  CHECK(data["json"] == Json({{"ref", "main"}}));
  CHECK(data["body"] == body);
  CHECK(data.dump().find("sha256=") == std::string::npos);
  // Sent again: the same event.
  const auto again = side.host->deliver_webhook(request);
  REQUIRE(again);
  CHECK(again->status / 100 == 2);
  side.witness.records(2);
  CHECK(side.witness.notes(2).size() == 2);

  CHECK(*side.host->events().revoke_webhook("acme", "a", "github"));
  CHECK(side.host->deliver_webhook(request)->status == 404);
  CHECK(*side.host->events().webhook_url("acme", "a", "github") != url);
}

TEST_CASE("webhooks: an address that nobody gave out") {
  EventHost side;
  side.start();
  for (const char* target : {"", "/", "/in/", "/in/x", "/in/../..", "/in/%00"}) {
    CAPTURE(target);
    WebhookRequest request;
    request.method = "POST";
    request.target = target;
    const auto response = side.host->deliver_webhook(request);
    REQUIRE(response);
    CHECK(response->status == 404);
  }
}

}  // namespace
}  // namespace sublet::scenario
