// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "oauth_bed.h"

namespace sublet::proxy {
namespace {

using std::chrono::minutes;

constexpr char kUnknown[] =
    "not_found: the state is unknown, was used, or is older than ten minutes";

}  // namespace

TEST_CASE("oauth: a user grants access, and the code is exchanged with its proof") {
  World world;
  Declared declared;
  declared.provider += R"(, "audience": "api", "extra": {"access_type": "offline",
      "state": "fixed", "tenant_key": "<%= secret.key %>"})";
  Process process(world, declared);
  CHECK(process.get().starts_with("not_authorized"));
  CHECK_FALSE(process.status()->authorized);

  const auto start = process.begin();
  REQUIRE(start);
  CHECK(start->state.size() == 43);
  CHECK(
      start->url.starts_with("https://id.example.com/authorize?response_type=code&client_id=id+1&"
                             "redirect_uri=https%3A%2F%2Fhost.example.com%2Fback&state=" +
                             start->state + "&code_challenge="));
  CHECK(start->url.ends_with(
      "&code_challenge_method=S256&scope=read+write&audience=api&access_type=offline"));
  // Neither the state nor a secret is readable where it is kept.
  const std::string pending = world.entry("sublet/host", "sublet/oauth-pending", "");
  CHECK(pending.find(start->state) == std::string::npos);
  CHECK(start->url.find("hush") == std::string::npos);

  const std::string code = world.provider.agree(start->url);
  CHECK(process.complete({start->state, code, "", ""}) == "authorized crm ");
  const ProviderRequest& request = world.provider.requests.at(0);
  CHECK(request.field("grant_type") == "authorization_code");
  CHECK(request.field("redirect_uri") == "https://host.example.com/back");
  CHECK(request.field("code_verifier").size() == 43);
  CHECK(request.field("audience") == "api");
  CHECK(request.field("access_type") == "offline");
  CHECK(process.get().starts_with("access-"));

  const auto status = process.status();
  REQUIRE(status);
  CHECK(status->authorized);
  CHECK(status->refreshable);
  CHECK(status->scopes == std::vector<std::string>{"read", "write"});
  CHECK(status->expires_at == world.calendar() + seconds(3600));
  world.check_nothing_told(declared.secret);
}

TEST_CASE("oauth: a state is good once, for ten minutes, and for what it was made for") {
  World world;
  Process process(world);
  const auto start = process.begin();
  const std::string code = world.provider.agree(start->url);
  CHECK(process.complete({start->state, code, "", ""}) == "authorized crm ");
  CHECK(process.complete({start->state, code, "", ""}) == kUnknown);
  CHECK(process.complete({"", code, "", ""}).starts_with("not_found"));
  CHECK(process.complete({std::string(43, 'a'), code, "", ""}) == kUnknown);
  CHECK(process.complete({std::string(1000, 'a'), code, "", ""}).starts_with("not_found"));

  const auto late = process.begin();
  world.timers.advance(minutes(10) + seconds(1));
  CHECK(process.complete({late->state, world.provider.agree(late->url), "", ""}) == kUnknown);
  // In time.
  const auto early = process.begin();
  world.timers.advance(minutes(9));
  CHECK(process.complete({early->state, world.provider.agree(early->url), "", ""}) ==
        "authorized crm ");
  CHECK(world.provider.requests.size() == 2);
}

TEST_CASE("oauth: a code of another browser is refused by its proof") {
  World world;
  Process process(world);
  const auto mine = process.begin();
  const auto theirs = process.begin();
  const std::string stolen = world.provider.agree(theirs->url);
  CHECK(process.complete({mine->state, stolen, "", ""}) ==
        "failed_precondition: the provider \"crm\" said invalid_grant");
  CHECK(process.get().starts_with("not_authorized"));
}

TEST_CASE("oauth: what the provider's redirect may bring instead of a code") {
  World world;
  Process process(world);
  const auto attempt = [&](const AuthorizationCallback& callback) {
    AuthorizationCallback full = callback;
    full.state = process.begin()->state;
    return process.complete(full);
  };
  CHECK(attempt({"", "", "access_denied", "<b>no</b>"}) ==
        "failed_precondition: the provider \"crm\" said access_denied");
  CHECK(attempt({"", "code", "<b>", ""}) ==
        "failed_precondition: the provider \"crm\" said an error of its own");
  CHECK(attempt({"", "", "", ""}) == "invalid_argument: code is missing, or too long");
  CHECK(attempt({"", std::string(9000, 'a'), "", ""}).starts_with("invalid_argument"));
  CHECK(world.provider.requests.empty());
  CHECK(attempt({"", "guess", "", ""}) ==
        "failed_precondition: the provider \"crm\" said invalid_grant");
  world.provider.instead = [](const ProviderRequest&) { return answer_of(502, ""); };
  CHECK(attempt({"", "code", "", ""}) ==
        "unavailable: the provider \"crm\" answered with status 502");
  process.installed = false;
  CHECK(attempt({"", "code", "", ""}) == "not_found: \"sync\" is not installed any more");
}

TEST_CASE("oauth: parameters that change in between make a grant void") {
  World world;
  Process process(world);
  const auto start = process.begin();
  auto values = *process.client.parameters;
  values["domain"].text = "evil.example.com";
  process.client.parameters = std::make_shared<const policy::ParameterValues>(values);
  CHECK(process.complete({start->state, world.provider.agree(start->url), "", ""}) ==
        "failed_precondition: the provider \"crm\" has other parameters now; begin again");
  CHECK(world.provider.requests.empty());
}

TEST_CASE("oauth: where a redirect may lead") {
  World world;
  Process process(world);
  for (const char* right : {"https://host.example.com/back?x=1", "http://localhost:8080/back",
                            "http://127.0.0.1/b", "http://[::1]:99/b"}) {
    CAPTURE(right);
    CHECK(process.begin("", right));
  }
  for (const char* wrong : {"", "/back", "http://host.example.com/back", "https://a.example.com/#f",
                            "https://a@b.example.com/", "javascript:alert(1)", "http://10.0.0.1/",
                            "http://localhost.example.com/", "https:/host.example.com/"}) {
    CAPTURE(wrong);
    const auto start = process.begin("", wrong);
    REQUIRE_FALSE(start);
    CHECK(start.error().code == ErrorCode::kInvalidArgument);
    CHECK(start.error().message.starts_with("redirect_uri must be"));
  }
}

TEST_CASE("oauth: whose grant it is") {
  World world;
  Process account(world);
  CHECK(account.begin("bob").error().message ==
        "user must be empty: scope_of of \"crm\" is \"account\"");
  Declared of_users;
  of_users.provider += R"(, "scope_of": "user")";
  Process users(world, of_users);
  CHECK(users.begin("").error().message == "user must be given: scope_of of \"crm\" is \"user\"");
  CHECK(users.begin("a\nb").error().code == ErrorCode::kInvalidArgument);
  CHECK(users.authorize("bob/lease") == "authorized crm bob/lease");
  CHECK(users.authorize("eve") == "authorized crm eve");
  CHECK(users.get("bob/lease") != users.get("eve"));
  CHECK(users.get("bob").starts_with("not_authorized"));

  Process own(world, client_credentials());
  CHECK(own.begin("").error().code == ErrorCode::kFailedPrecondition);
  CHECK(own.status()->authorized);
  Result<AuthorizationStart> other = Error{};
  AuthorizationOf of = own.of("");
  of.tenant = "globex";
  own.oauth->begin(own.client, of, "https://a.example.com/",
                   [&](Result<AuthorizationStart> start) { other = std::move(start); });
  CHECK(other.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("oauth: a new grant takes the place of the one before") {
  World world;
  Process process(world);
  CHECK(process.authorize() == "authorized crm ");
  const std::string first = process.get();
  CHECK(process.authorize() == "authorized crm ");
  const std::string second = process.get();
  CHECK(second != first);
  CHECK(second.starts_with("access-"));
}

TEST_CASE("oauth: a client without a secret says only its name") {
  World world;
  Process process(world);
  process.client.providers[0].client_secret.text.clear();
  CHECK(process.authorize() == "authorized crm ");
  CHECK(world.provider.requests.at(0).header("Authorization") == "(none)");
  CHECK(world.provider.requests.at(0).field("client_id") == "id 1");
  CHECK(world.provider.requests.at(0).field("client_secret") == "(none)");
}

}  // namespace sublet::proxy
