// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "oauth_bed.h"
#include "support/forwarding_store.h"

namespace sublet::proxy {

using std::chrono::hours;

namespace {

using Entries = std::vector<std::optional<KeyValueEntry>>;

// Keeps the answer of one get back until it is told.
class SlowStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void get(KeyValueGet request, KeyValueCallback<Entries> done) noexcept override {
    if (!std::exchange(hold_next, false)) {
      return ForwardingStore::get(std::move(request), std::move(done));
    }
    ForwardingStore::get(std::move(request), [&](Result<Entries> entries) {
      held = [entries = std::move(entries), done] { done(entries); };
    });
  }
  bool hold_next = false;
  std::function<void()> held;
};

}  // namespace

TEST_CASE("oauth: a grant is revoked here first, and then at the provider") {
  World world;
  Process process(world);
  process.authorize();
  const std::string token = process.get();
  std::string seen = "nothing was asked";
  world.provider.instead = [&](const ProviderRequest&) -> std::optional<RequestAnswer> {
    seen = world.entry("acme", "sublet/oauth", "sync/");
    return std::nullopt;
  };
  CHECK(process.revoke() == "revoked");
  CHECK(seen.empty());
  CHECK(world.provider.revoked.size() == 2);
  CHECK(world.provider.revoked.contains(token));
  CHECK(world.provider.requests.at(1).field("token_type_hint") == "refresh_token");
  CHECK(world.provider.requests.at(1).plan.url == "https://id.example.com/revoke");
  CHECK(world.provider.requests.at(1).header("Authorization").starts_with("Basic "));
  CHECK(world.provider.requests.at(2).field("token_type_hint") == "access_token");
  CHECK(process.get().starts_with("not_authorized"));
  CHECK(process.revoke() == "revoked");
  CHECK(world.provider.requests.size() == 3);
}

TEST_CASE("oauth: a provider that does not confirm a revocation") {
  World world;
  Process process(world);
  process.authorize();
  const std::string token = process.get();
  world.provider.instead = [&](const ProviderRequest&) { return answer_of(503, token); };
  CHECK(process.revoke() ==
        "unavailable: it is forgotten here, but the provider \"crm\" did not confirm the "
        "revocation");
  CHECK(process.get().starts_with("not_authorized"));
  world.check_nothing_told("hush/hush +secret");
}

TEST_CASE("oauth: only the end of the refresh token is the end of a grant") {
  const auto revoke = [](const std::string& refused) {
    World world;
    Process process(world);
    process.authorize();
    world.provider.instead = [&](const ProviderRequest& request) -> std::optional<RequestAnswer> {
      if (request.field("token_type_hint") == refused) return answer_of(503, "");
      return std::nullopt;
    };
    return process.revoke();
  };
  CHECK(revoke("refresh_token").starts_with("unavailable: it is forgotten here"));
  CHECK(revoke("access_token") == "revoked");
}

TEST_CASE("oauth: the end of an access token counts where there is no refresh token") {
  World world;
  Process process(world);
  world.provider.instead = [](const ProviderRequest&) {
    return answer_of(200, R"({"access_token": "short-lived", "expires_in": 600})");
  };
  process.authorize();
  world.provider.instead = nullptr;
  CHECK(process.revoke() == "revoked");
  CHECK(world.provider.revoked == std::set<std::string>{"short-lived"});
}

TEST_CASE("oauth: what a refresh brings after the revocation is revoked, too") {
  for (const bool confirms : {true, false}) {
    World world;
    Process process(world);
    process.authorize();
    world.timers.advance(hours(1));
    world.provider.hold = true;
    std::string got;
    process.tokens->get("crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
    world.provider.hold = false;
    CHECK(process.revoke() == "revoked");
    const std::string late = world.provider.secrets().back();
    CHECK_FALSE(world.provider.revoked.contains(late));
    world.told.clear();
    if (!confirms)
      world.provider.instead = [](const ProviderRequest&) { return answer_of(503, ""); };
    world.provider.answer_all();
    CHECK(got.starts_with("not_authorized"));
    CHECK(world.provider.revoked.contains(late) == confirms);
    const bool complained = world.told.size() == 2;
    CHECK(complained != confirms);
    CHECK(world.entry("acme", "sublet/oauth", "").empty());
  }
}

TEST_CASE("oauth: what a refresh brings during the revocation is revoked, too") {
  World world;
  auto slow = std::make_shared<SlowStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = slow;
  Process process(world, {}, setup);
  process.authorize();
  world.timers.advance(hours(1));
  world.provider.hold = true;
  process.tokens->get("crm", "", [](const Tokened&) {});
  world.provider.hold = false;
  slow->hold_next = true;
  auto text = std::make_shared<std::string>("no answer");
  process.oauth->revoke(process.client, process.of(""),
                        [text](Result<void> done) { *text = done ? "revoked" : "failed"; });
  REQUIRE(slow->held);
  world.provider.answer_all();
  std::exchange(slow->held, nullptr)();
  CHECK(*text == "revoked");
  CHECK(world.provider.revoked.size() == 4);
  CHECK(process.get().starts_with("not_authorized"));
}

TEST_CASE("oauth: who asks after a revocation does not wait for what was begun before") {
  World world;
  auto slow = std::make_shared<SlowStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = slow;
  Process process(world, {}, setup);
  process.authorize();
  // It has been read, but the answer is on its way.
  slow->hold_next = true;
  std::string got = "no answer";
  process.tokens->get("crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
  REQUIRE(slow->held);
  CHECK(process.revoke() == "revoked");
  CHECK(process.get().starts_with("not_authorized"));
  std::exchange(slow->held, nullptr)();
  CHECK(got.starts_with("access-"));
  CHECK(process.get().starts_with("not_authorized"));
}

TEST_CASE("oauth: without a revoke_url a grant is only forgotten") {
  World world;
  Declared declared;
  declared.provider = R"("authorize_url": "https://id.example.com/authorize")";
  Process process(world, declared);
  process.authorize();
  CHECK(process.revoke() == "revoked");
  CHECK(world.provider.requests.size() == 1);
}

TEST_CASE("oauth: one user's grant ends, the other's stays") {
  World world;
  Declared declared;
  declared.provider += R"(, "scope_of": "user")";
  Process process(world, declared);
  process.authorize("bob");
  process.authorize("bobby");
  const std::string other = process.get("bobby");
  CHECK(process.get("bob").starts_with("access-"));
  CHECK(process.revoke("bob") == "revoked");
  CHECK(process.get("bob").starts_with("not_authorized"));
  CHECK(process.get("bobby") == other);
  CHECK(process.revoke("") ==
        "invalid_argument: user must be given: scope_of of \"crm\" is \"user\"");
}

TEST_CASE("oauth: a grant that the provider ended is known as such") {
  World world;
  Process process(world);
  process.authorize();
  const std::string token = process.get();
  world.provider.instead = [](const ProviderRequest&) {
    return answer_of(400, R"({"error": "invalid_grant"})");
  };
  CHECK(process.renew(token).starts_with("not_authorized"));
  const auto status = process.status();
  CHECK_FALSE(status->authorized);
  CHECK_FALSE(status->refreshable);
  CHECK_FALSE(status->expires_at);
  CHECK(world.entry("acme", "sublet/oauth", "sync/").find("hidden") == std::string::npos);
  CHECK(process.get().starts_with("not_authorized"));
  CHECK(world.provider.requests.size() == 2);
  world.provider.instead = nullptr;
  CHECK(process.authorize() == "authorized crm ");
  CHECK(process.get().starts_with("access-"));
}

TEST_CASE("oauth: a grant without a refresh token ends with its access token") {
  World world;
  Process process(world);
  world.provider.instead = [](const ProviderRequest&) {
    return answer_of(200, R"({"access_token": "short-lived", "expires_in": 600})");
  };
  process.authorize();
  CHECK(process.get() == "short-lived");
  world.timers.advance(seconds(590));
  CHECK(process.get() == "short-lived");
  CHECK(process.status()->authorized);
  CHECK_FALSE(process.status()->refreshable);
  CHECK(process.renew("short-lived").starts_with("not_authorized"));
  world.timers.advance(seconds(11));
  CHECK(process.get().starts_with("not_authorized"));
  CHECK_FALSE(process.status()->authorized);
  CHECK(world.provider.requests.size() == 1);
}

TEST_CASE("oauth: all tokens of an extension that was removed are forgotten") {
  World world;
  Declared declared;
  declared.provider += R"(, "scope_of": "user")";
  Process process(world, declared);
  for (int i = 0; i < 450; ++i) process.authorize("user" + std::to_string(i));
  OAuthClient other = process.client;
  other.extension = "sync2";
  std::string text;
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"sublet/oauth", "sync2/crm/bob"};
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  process.oauth->forget("acme", "sync",
                        [&](Result<void> done) { text = done ? "done" : "failed"; });
  CHECK(text == "done");
  CHECK(world.entry("acme", "sublet/oauth", "sync/").empty());
  CHECK_FALSE(world.entry("acme", "sublet/oauth", "sync2/").empty());
  CHECK(process.get("user1").starts_with("not_authorized"));
}

TEST_CASE("oauth: a token that arrives after the extension was removed is not kept") {
  World world;
  Process process(world, client_credentials());
  world.provider.hold = true;
  (void)process.get();
  process.oauth->forget("acme", "sync", [](Result<void>) {});
  world.provider.answer_all();
  CHECK(world.entry("acme", "sublet/oauth", "").empty());
}

TEST_CASE("oauth: a tenant whose data was erased is dropped from memory") {
  World world;
  Process process(world);
  process.authorize();
  CHECK(process.get().starts_with("access-"));
  world.store->erase("acme", std::nullopt, [](Result<std::uint64_t>) {});
  process.oauth->drop("acme");
  CHECK(process.get().starts_with("not_authorized"));
}

}  // namespace sublet::proxy
