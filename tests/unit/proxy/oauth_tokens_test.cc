// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "oauth_bed.h"
#include "proxy/codes.h"

namespace sublet::proxy {
namespace {

using std::chrono::minutes;

std::size_t asked(const World& world) { return world.provider.requests.size(); }

// Several users ask at once; the last text of each is what it got.
struct Answers {
  std::vector<std::string> got;
  TokenCallback take(Process& process) {
    return [this, &process](const Tokened& tokened) { got.push_back(process.text(tokened)); };
  }
};

}  // namespace

TEST_CASE("oauth: a client's own token is fetched with its first use, and kept") {
  World world;
  Process process(world, client_credentials());
  const std::string token = process.get();
  CHECK(token.starts_with("access-hidden-"));
  CHECK(process.get() == token);
  CHECK(process.get("any user") == token);
  REQUIRE(asked(world) == 1);
  const ProviderRequest& request = world.provider.requests[0];
  CHECK(request.name == "oauth:crm");
  CHECK(request.plan.method == "POST");
  CHECK(request.plan.url == "https://id.example.com/token");
  CHECK(request.plan.secrets.empty());
  CHECK(request.plan.secret_in_body);
  CHECK(request.plan.declared->to_string() == "id.example.com");
  CHECK(request.field("grant_type") == "client_credentials");
  CHECK(request.field("scope") == "read");
  // RFC 6749 section 2.3.1: each half form-encoded before base64. "id+1:hush%2Fhush+%2Bsecret".
  CHECK(request.header("Authorization") == "Basic aWQrMTpodXNoJTJGaHVzaCslMkJzZWNyZXQ=");
  CHECK(request.field("client_secret") == "(none)");
  CHECK(world.entry("acme", "sublet/oauth", "sync/crm/").find("/lease") == std::string::npos);
}

TEST_CASE("oauth: client authentication in the body, audience and extra parameters") {
  World world;
  Declared declared = client_credentials();
  declared.provider +=
      R"(, "client_auth": "body", "audience": "api", "extra": {"tenant_key": "<%= secret.key %>",
          "grant_type": "password", "client_id": "other"})";
  Process process(world, declared);
  CHECK(process.get().starts_with("access-"));
  const ProviderRequest& request = world.provider.requests.at(0);
  CHECK(request.header("Authorization") == "(none)");
  CHECK(request.field("client_id") == "id 1");
  CHECK(request.field("client_secret") == "hush/hush +secret");
  CHECK(request.field("audience") == "api");
  CHECK(request.field("tenant_key") == "hush/hush +secret");
  CHECK(request.field("grant_type") == "client_credentials");
}

TEST_CASE("oauth: a token is gotten anew some time before it expires") {
  World world;
  Process process(world, client_credentials());
  const std::string first = process.get();
  world.timers.advance(minutes(58));
  CHECK(process.get() == first);
  world.timers.advance(minutes(1) + seconds(1));
  const std::string second = process.get();
  CHECK(second != first);
  CHECK(asked(world) == 2);
  // A tenth of a short life.
  world.provider.lifetime = "100";
  const std::string third = process.renew(second);
  world.timers.advance(seconds(89));
  CHECK(process.get() == third);
  world.timers.advance(seconds(2));
  CHECK(process.get() != third);
}

TEST_CASE("oauth: a token whose end nobody named is good until it is refused") {
  World world;
  world.provider.lifetime = "";
  Process process(world, client_credentials());
  const std::string first = process.get();
  world.timers.advance(std::chrono::hours(1000));
  CHECK(process.get() == first);
  CHECK(process.renew("another one") == first);
  const std::string second = process.renew(first);
  CHECK(second != first);
  CHECK(process.renew(first) == second);
  CHECK(asked(world) == 2);
}

TEST_CASE("oauth: a hundred who ask at once cause one request") {
  World world;
  world.provider.hold = true;
  Process process(world, client_credentials());
  Answers answers;
  for (int i = 0; i < 100; ++i) process.tokens->get("crm", "", answers.take(process));
  CHECK(asked(world) == 1);
  CHECK(answers.got.empty());
  world.provider.answer_all();
  CHECK(answers.got == std::vector<std::string>(100, "access-hidden-1"));
  // And so do a hundred whose token was refused, some of them while it is on the way.
  answers.got.clear();
  for (int i = 0; i < 50; ++i) {
    process.tokens->renew("crm", "", "access-hidden-1", answers.take(process));
  }
  for (int i = 0; i < 50; ++i) process.tokens->get("crm", "", answers.take(process));
  world.provider.answer_all();
  // Those who did not refuse it were answered from memory.
  CHECK(std::count(answers.got.begin(), answers.got.end(), "access-hidden-2") == 50);
  CHECK(asked(world) == 2);
}

TEST_CASE("oauth: who refuses the token that a flight brings gets another one") {
  World world;
  world.provider.hold = true;
  Process process(world, client_credentials());
  Answers first, second;
  process.tokens->get("crm", "", first.take(process));
  process.tokens->renew("crm", "", "access-hidden-1", second.take(process));
  world.provider.answer_all();
  CHECK(first.got == std::vector<std::string>{"access-hidden-1"});
  CHECK(second.got.empty());
  world.provider.answer_all();
  CHECK(second.got == std::vector<std::string>{"access-hidden-2"});
}

TEST_CASE("oauth: a provider that grants the refused token again") {
  World world;
  world.provider.instead = [](const ProviderRequest&) {
    return answer_of(200, R"({"access_token": "always-the-same", "token_type": "Bearer"})");
  };
  Process process(world, client_credentials());
  CHECK(process.get() == "always-the-same");
  CHECK(process.renew("always-the-same") ==
        "token_failed: the provider granted the same token again, which was refused");
  CHECK(asked(world) == 2);
}

TEST_CASE("oauth: a provider that is disturbed") {
  World world;
  Process process(world, client_credentials());
  const std::string token = process.get();
  world.timers.advance(minutes(59) + seconds(30));
  world.provider.instead = [](const ProviderRequest&) { return answer_of(503, "busy"); };
  // The old one is good for another thirty seconds; the provider is left alone for five.
  CHECK(process.get() == token);
  CHECK(process.get() == token);
  CHECK(asked(world) == 2);
  world.timers.advance(seconds(6));
  CHECK(process.get() == token);
  CHECK(asked(world) == 3);
  CHECK(process.renew(token) ==
        "token_failed: no access token of \"crm\": the provider answered with status 503");
  world.timers.advance(seconds(30));
  CHECK(process.get().starts_with("token_failed"));
  world.provider.instead = nullptr;
  CHECK(process.get().starts_with("access-"));
  world.check_nothing_told("hush/hush +secret");
}

TEST_CASE("oauth: a provider's Retry-After is obeyed and passed on") {
  World world;
  Process process(world, client_credentials());
  world.provider.instead = [](const ProviderRequest&) {
    RequestAnswer out = answer_of(429, "");
    out.headers.push_back({"retry-after", "20"});
    return out;
  };
  std::vector<std::optional<base::Nanoseconds>> after;
  const auto take = [&](const Tokened& tokened) {
    after.push_back(std::get<RequestError>(tokened).retry_after);
  };
  process.tokens->get("crm", "", take);
  world.timers.advance(seconds(5));
  process.tokens->get("crm", "", take);
  CHECK(after == std::vector<std::optional<base::Nanoseconds>>{seconds(20), seconds(15)});
  CHECK(asked(world) == 1);
  world.provider.instead = nullptr;
  world.timers.advance(seconds(16));
  CHECK(process.get().starts_with("access-"));
}

TEST_CASE("oauth: what cannot be asked for") {
  World world;
  Process process(world, client_credentials());
  std::string got;
  process.tokens->get("none", "", [&](const Tokened& tokened) { got = process.text(tokened); });
  CHECK(got == "token_failed: the manifest declares no such OAuth provider");

  Declared of_users;
  of_users.provider += R"(, "scope_of": "user")";
  Process users(world, of_users);
  CHECK(users.get() == "not_authorized: the token is a user's, and no user is known here");
  CHECK(users.get("bob").starts_with("not_authorized: \"crm\" has not been authorized"));
  CHECK(users.get(std::string(257, 'a')).starts_with("not_authorized: user may have at most"));

  OAuthClient client = process.client;
  client.parameters = std::make_shared<const policy::ParameterValues>();
  process.oauth->tokens_for(client)->get(
      "crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
  CHECK(got == "token_failed: oauth.crm.token_url: param.domain has no value");
  CHECK(asked(world) == 0);
}

TEST_CASE("oauth: the end answers whoever waits, and whoever comes later") {
  World world;
  world.provider.hold = true;
  Process process(world, client_credentials());
  Answers answers;
  process.tokens->get("crm", "", answers.take(process));
  process.oauth->stop();
  CHECK(answers.got == std::vector<std::string>{"token_failed: the host is ending"});
  CHECK(process.get() == "token_failed: the host is ending");
  world.provider.answer_all();
  CHECK(answers.got.size() == 1);
}

TEST_CASE("oauth: memory holds so many tokens; the others come from the store") {
  World world;
  OAuthSetup setup = world.setup();
  setup.max_cached = 2;
  Declared declared = client_credentials();
  declared.provider += R"(, "scope_of": "user")";
  Process process(world, declared, setup);
  std::vector<std::string> tokens;
  for (const char* user : {"a", "b", "c", "d"}) tokens.push_back(process.get(user));
  CHECK(process.get("a") == tokens[0]);
  CHECK(process.get("d") == tokens[3]);
  CHECK(asked(world) == 4);
}

TEST_CASE("oauth: a token that goes to another client or token URL is not used any more") {
  World world;
  Process process(world, {});
  CHECK(process.authorize() == "authorized crm ");
  CHECK(process.get().starts_with("access-"));
  OAuthClient moved = process.client;
  auto values = *moved.parameters;
  values["domain"].text = "elsewhere.example.com";
  moved.parameters = std::make_shared<const policy::ParameterValues>(values);
  std::string got;
  process.oauth->tokens_for(moved)->get(
      "crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
  CHECK(got.starts_with("not_authorized"));
  CHECK(asked(world) == 1);
}

}  // namespace sublet::proxy
