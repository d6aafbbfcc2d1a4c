// SPDX-License-Identifier: Apache-2.0
// Several processes over one store.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "oauth_bed.h"
#include "support/forwarding_store.h"

namespace sublet::proxy {
namespace {

using std::chrono::hours;

struct Got {
  std::vector<std::string> texts;
  TokenCallback take(Process& process) {
    return [this, &process](const Tokened& tokened) { texts.push_back(process.text(tokened)); };
  }
};

using Entries = std::vector<std::optional<KeyValueEntry>>;

// Keeps one commit, or the answer of one get, back until it is told.
class HoldingStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    auto go_on = [this, request = std::move(request), done = std::move(done)] {
      ForwardingStore::commit(request, done);
    };
    if (!std::exchange(hold_next, false)) return go_on();
    held = std::move(go_on);
  }
  void get(KeyValueGet request, KeyValueCallback<Entries> done) noexcept override {
    if (gets_until_held == 0 || --gets_until_held > 0) {
      return ForwardingStore::get(std::move(request), std::move(done));
    }
    ForwardingStore::get(std::move(request), [&](Result<Entries> entries) {
      held = [entries = std::move(entries), done] { done(entries); };
    });
  }
  bool hold_next = false;
  int gets_until_held = 0;
  std::function<void()> held;
};

}  // namespace

TEST_CASE("oauth: processes share a token, and one of them refreshes it") {
  World world;
  Got got;
  Process a(world), b(world);
  CHECK(a.authorize() == "authorized crm ");
  const std::string first = a.get();
  CHECK(b.get() == first);
  world.timers.advance(hours(1));

  world.provider.hold = true;
  for (int i = 0; i < 10; ++i) {
    a.tokens->get("crm", "", got.take(a));
    b.tokens->get("crm", "", got.take(b));
  }
  CHECK(world.provider.held() == 1);
  world.timers.advance(seconds(2));
  CHECK(world.provider.held() == 1);
  world.provider.answer_all();
  world.timers.advance(seconds(2));
  REQUIRE(got.texts.size() == 20);
  CHECK(got.texts == std::vector<std::string>(20, got.texts[0]));
  CHECK(got.texts[0].starts_with("access-"));
  CHECK(got.texts[0] != first);
  // The code and one refresh.
  CHECK(world.provider.requests.size() == 2);
  CHECK(world.timers.waiting() == 0);
}

TEST_CASE("oauth: a process whose token is refused takes the one that another has gotten") {
  World world;
  Process a(world), b(world);
  a.authorize();
  const std::string first = a.get();
  CHECK(b.get() == first);
  const std::string second = a.renew(first);
  CHECK(b.renew(first) == second);
  CHECK(world.provider.requests.size() == 2);
}

TEST_CASE("oauth: a holder that died is overtaken") {
  World world;
  Got lost, got;
  Process dying(world), heir(world);
  dying.authorize();
  world.timers.advance(hours(1));
  // It never gets its answer.
  world.provider.instead = [](const ProviderRequest&) { return failure_of("canceled"); };
  world.provider.hold = true;
  dying.tokens->get("crm", "", lost.take(dying));
  world.provider.instead = nullptr;
  world.provider.hold = false;
  heir.tokens->get("crm", "", got.take(heir));
  world.timers.advance(seconds(25));
  CHECK(got.texts.empty());
  world.timers.advance(seconds(10));
  REQUIRE(got.texts.size() == 1);
  CHECK(got.texts[0].starts_with("access-"));
  CHECK(lost.texts.empty());
}

TEST_CASE("oauth: a holder that was only slow does not lose what it was given") {
  World world;
  Got late, early;
  Process slow(world), quick(world);
  slow.authorize();
  world.timers.advance(hours(1));
  world.provider.hold = true;
  slow.tokens->get("crm", "", late.take(slow));
  world.provider.hold = false;
  // Its refresh token was used: the provider takes it no more, and the grant seems lost.
  quick.tokens->get("crm", "", early.take(quick));
  world.timers.advance(seconds(40));
  REQUIRE(early.texts.size() == 1);
  CHECK(early.texts[0].starts_with("not_authorized"));
  CHECK_FALSE(quick.status()->authorized);
  const std::string entry = world.entry("acme", "sublet/oauth", "sync/crm/");
  CHECK(entry.find("hidden") == std::string::npos);
  // What the slow one brings is newer than that.
  world.provider.answer_all();
  REQUIRE(late.texts.size() == 1);
  CHECK(late.texts[0].starts_with("access-"));
  CHECK(quick.get() == late.texts[0]);
  CHECK(quick.renew(late.texts[0]).starts_with("access-"));
}

TEST_CASE("oauth: a lease that never ends is not waited for forever") {
  World world;
  Got got;
  Process process(world);
  process.authorize();
  world.timers.advance(hours(1));
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"sublet/oauth", "sync/crm//lease"};
  write.value.data = "{}";
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  process.tokens->get("crm", "", got.take(process));
  world.timers.advance(seconds(59));
  CHECK(got.texts.empty());
  world.timers.advance(seconds(2));
  CHECK(got.texts == std::vector<std::string>{"token_failed: no access token of \"crm\": another "
                                              "process is asking the provider for it"});
  CHECK(world.timers.waiting() == 0);
  CHECK(world.provider.requests.size() == 1);
}

TEST_CASE("oauth: a grant that a user gives meanwhile is not overwritten") {
  World world;
  Got got;
  Process slow(world), other(world);
  slow.authorize();
  world.timers.advance(hours(1));
  world.provider.hold = true;
  slow.tokens->get("crm", "", got.take(slow));
  world.provider.hold = false;
  CHECK(other.authorize() == "authorized crm ");
  const std::string granted = other.get();
  world.provider.answer_all();
  CHECK(got.texts == std::vector<std::string>{granted});
  CHECK(Process(world).get() == granted);
  // To the provider that may be one and the same grant.
  CHECK(world.provider.revoked.empty());
}

TEST_CASE("oauth: a grant that is revoked meanwhile does not come back") {
  World world;
  Got got;
  Process slow(world), other(world);
  slow.authorize();
  world.timers.advance(hours(1));
  world.provider.hold = true;
  slow.tokens->get("crm", "", got.take(slow));
  world.provider.hold = false;
  CHECK(other.revoke() == "revoked");
  world.provider.answer_all();
  REQUIRE(got.texts.size() == 1);
  CHECK(got.texts[0].starts_with("not_authorized"));
  CHECK(slow.get().starts_with("not_authorized"));
  // What the provider gave after the revocation does not live on there.
  CHECK(world.provider.revoked.size() == 4);
  CHECK(world.provider.revoked.contains(world.provider.secrets().back()));
  // A grant that comes after it stays, too.
  CHECK(other.authorize() == "authorized crm ");
  CHECK(slow.get().starts_with("access-"));
}

TEST_CASE("oauth: a grant that comes after a revocation is not overwritten by what came before") {
  World world;
  Got got;
  Process slow(world), other(world);
  slow.authorize();
  // Several generations ahead of a new grant.
  for (int i = 0; i < 3; ++i) (void)slow.renew(slow.get());
  world.provider.hold = true;
  slow.tokens->renew("crm", "", slow.get(), got.take(slow));
  world.provider.hold = false;
  CHECK(other.revoke() == "revoked");
  CHECK(other.authorize() == "authorized crm ");
  const std::string granted = other.get();
  world.provider.answer_all();
  CHECK(got.texts == std::vector<std::string>{granted});
  CHECK(Process(world).get() == granted);
}

TEST_CASE("oauth: who gets the lease looks whether there is still something to do") {
  World world;
  auto holding = std::make_shared<HoldingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = holding;
  Got got;
  Process late(world, {}, setup), quick(world);
  late.authorize();
  world.timers.advance(hours(1));
  // It has seen that the token is old, and asks for the lease when the other one is done.
  holding->hold_next = true;
  late.tokens->get("crm", "", got.take(late));
  REQUIRE(holding->held);
  const std::string fresh = quick.get();
  std::exchange(holding->held, nullptr)();
  CHECK(got.texts == std::vector<std::string>{fresh});
  CHECK(world.provider.requests.size() == 2);
}

TEST_CASE("oauth: a lease that ended meanwhile is no leave to use the refresh token") {
  World world;
  auto slow_store = std::make_shared<HoldingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = slow_store;
  Got got;
  Process slow(world, {}, setup), quick(world);
  slow.authorize();
  world.timers.advance(hours(1));
  // It has the lease, and what the store has is on its way to it.
  slow_store->gets_until_held = 2;
  slow.tokens->get("crm", "", got.take(slow));
  REQUIRE(slow_store->held);
  world.timers.advance(seconds(40));
  const std::string fresh = quick.get();
  CHECK(fresh.starts_with("access-"));
  std::exchange(slow_store->held, nullptr)();
  CHECK(got.texts == std::vector<std::string>{fresh});
  CHECK(world.provider.requests.size() == 2);
}

TEST_CASE("oauth: a lease that has little time left is gotten anew") {
  World world;
  auto slow_store = std::make_shared<HoldingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = slow_store;
  Got got;
  Process slow(world, {}, setup);
  slow.authorize();
  world.timers.advance(hours(1));
  slow_store->gets_until_held = 2;
  slow.tokens->get("crm", "", got.take(slow));
  REQUIRE(slow_store->held);
  world.timers.advance(seconds(20));
  world.provider.hold = true;
  std::exchange(slow_store->held, nullptr)();
  REQUIRE(world.provider.held() == 1);
  // The first one would have ended.
  world.timers.advance(seconds(25));
  const KeyValueKey lease{"sublet/oauth", "sync/crm//lease"};
  CHECK(world.entry("acme", lease.space, lease.key).find("holder") != std::string::npos);
  world.provider.answer_all();
  REQUIRE(got.texts.size() == 1);
  CHECK(got.texts[0].starts_with("access-"));
}

TEST_CASE("oauth: a store that is slow each time is not asked forever") {
  World world;
  auto slow_store = std::make_shared<HoldingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = slow_store;
  Got got;
  Process slow(world, {}, setup);
  slow.authorize();
  world.timers.advance(hours(1));
  slow_store->gets_until_held = 2;
  slow.tokens->get("crm", "", got.take(slow));
  for (int i = 0; i < 100 && got.texts.empty(); ++i) {
    REQUIRE(slow_store->held);
    world.timers.advance(seconds(6));
    slow_store->gets_until_held = 1;
    std::exchange(slow_store->held, nullptr)();
  }
  CHECK(got.texts ==
        std::vector<std::string>{
            "token_failed: no access token of \"crm\": the store of tokens is too slow"});
  CHECK(world.provider.requests.size() == 1);
}

TEST_CASE("oauth: a state that two processes take at once is good for one of them") {
  World world;
  auto holding = std::make_shared<HoldingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = holding;
  Process late(world, {}, setup), quick(world);
  const auto start = late.begin();
  const std::string code = world.provider.agree(start->url);
  holding->hold_next = true;
  std::string text = "no answer";
  late.oauth->complete(
      {start->state, code, "", ""},
      [&](const std::string&, const std::string&) { return late.client; },
      [&](Result<AuthorizationOf> of) { text = of ? "done" : late.told(of.error()); });
  CHECK(quick.complete({start->state, code, "", ""}) == "authorized crm ");
  std::exchange(holding->held, nullptr)();
  CHECK(text.starts_with("not_found"));
  CHECK(world.provider.requests.size() == 1);
}

TEST_CASE("oauth: a refresh token that does not rotate is used again") {
  World world;
  Process process(world);
  process.authorize();
  world.provider.rotates = false;
  std::string token = process.get();
  for (int i = 0; i < 5; ++i) {
    const std::string next = process.renew(token);
    CHECK(next.starts_with("access-"));
    CHECK(next != token);
    token = next;
  }
  CHECK(process.status()->scopes.size() == 2);
}

}  // namespace sublet::proxy
