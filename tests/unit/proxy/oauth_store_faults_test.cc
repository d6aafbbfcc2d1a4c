// SPDX-License-Identifier: Apache-2.0
// A store that fails at each step, in each of its ways.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "oauth_bed.h"
#include "support/forwarding_store.h"

namespace sublet::proxy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

enum class Fault { kUnavailable, kNotDone, kDone };

// Fails in some of its calls; of commits that "the store did not say" some are done.
class FailingStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    if (fails() && (fault == Fault::kUnavailable || always)) return done(unavailable());
    ForwardingStore::get(std::move(request), std::move(done));
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override {
    if (fails() && fault == Fault::kUnavailable) return done(unavailable());
    ForwardingStore::list(std::move(request), std::move(done));
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    if (!fails()) return ForwardingStore::commit(std::move(request), std::move(done));
    if (fault == Fault::kUnavailable) return done(unavailable());
    const Error unknown{ErrorCode::kIndeterminate, "who knows"};
    if (fault == Fault::kNotDone) return done(unknown);
    ForwardingStore::commit(std::move(request), [&](Result<KeyValueCommitted>) { done(unknown); });
  }

  Fault fault = Fault::kUnavailable;
  int fail_at = -1;  // the calls from here on
  int fail_count = 1;
  bool always = false;
  int calls = 0;

 private:
  bool fails() {
    const int call = calls++;
    return always || (fail_at >= 0 && call >= fail_at && call < fail_at + fail_count);
  }
  static Error unavailable() { return {ErrorCode::kUnavailable, "the line is cut"}; }
};

struct FailingWorld : World {
  std::shared_ptr<FailingStore> failing = std::make_shared<FailingStore>(store);
  OAuthSetup failing_setup() {
    OAuthSetup out = setup();
    out.store = failing;
    return out;
  }
  void fail_from_now(Fault fault, int at, int count) {
    failing->calls = 0;
    failing->fault = fault;
    failing->fail_at = at;
    failing->fail_count = count;
  }
  void heal() { failing->fail_at = -1; }
};

const std::vector<Fault> kFaults = {Fault::kUnavailable, Fault::kNotDone, Fault::kDone};

// What a callback brought, also when the call that asked is over.
std::shared_ptr<std::vector<std::string>> ask(Process& process) {
  auto got = std::make_shared<std::vector<std::string>>();
  process.tokens->get("crm", "", [got, &process](const Tokened& tokened) {
    got->push_back(process.text(tokened));
  });
  return got;
}

}  // namespace

TEST_CASE("oauth faults: a refresh survives a store that fails once, at any step") {
  for (const Fault fault : kFaults) {
    for (int at = 0; at < 8; ++at) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(at);
      FailingWorld world;
      Process process(world, {}, world.failing_setup());
      REQUIRE(process.authorize() == "authorized crm ");
      world.timers.advance(hours(1));
      world.fail_from_now(fault, at, 1);
      const auto got = ask(process);
      world.timers.advance(minutes(2));
      REQUIRE(got->size() == 1);
      // Whatever became of this one, the grant is there, and later ones get a token.
      const bool is_good =
          got->front().starts_with("access-") || got->front().starts_with("token_failed");
      CHECK_MESSAGE(is_good, got->front());
      world.heal();
      CHECK(process.get().starts_with("access-"));
      Process other(world);
      CHECK(other.get() == process.get());
      CHECK(world.timers.waiting() == 0);
      world.check_nothing_told("hush/hush +secret");
    }
  }
}

TEST_CASE("oauth faults: a new refresh token outlives a store that is away for long") {
  for (const Fault fault : kFaults) {
    for (const int count : {3, 10, 100}) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(count);
      FailingWorld world;
      Process process(world, {}, world.failing_setup());
      REQUIRE(process.authorize() == "authorized crm ");
      world.timers.advance(hours(1));
      // A read, the lease and another read go well; then it is away.
      world.fail_from_now(fault, 3, count);
      const auto got = ask(process);
      world.timers.advance(seconds(3));
      REQUIRE(got->size() == 1);
      CHECK(got->front().starts_with("access-"));
      CHECK(process.get() == got->front());
      world.timers.advance(minutes(20));
      Process other(world);
      CHECK(other.get() == got->front());
      CHECK(other.renew(got->front()).starts_with("access-"));
      CHECK(world.provider.requests.size() == 3);
      CHECK(world.timers.waiting() == 0);
      world.check_nothing_told("hush/hush +secret");
    }
  }
}

TEST_CASE("oauth faults: a token that has not expired does for a store that is away") {
  FailingWorld world;
  Process process(world, {}, world.failing_setup());
  process.authorize();
  const std::string token = process.get();
  world.failing->always = true;
  world.timers.advance(minutes(10));
  CHECK(process.get() == token);
  CHECK(process.renew(token) ==
        "token_failed: no access token of \"crm\": the store of tokens has no answer");
  world.timers.advance(hours(1));
  CHECK(process.get().starts_with("token_failed"));
  CHECK(process.begin().error().code == ErrorCode::kUnavailable);
  CHECK(process.status().error().code == ErrorCode::kUnavailable);
  world.failing->always = false;
  CHECK(process.get().starts_with("access-"));
}

TEST_CASE("oauth faults: an authorization answers, and a state is never good twice") {
  for (const Fault fault : kFaults) {
    for (int at = 0; at < 6; ++at) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(at);
      FailingWorld world;
      Process process(world, {}, world.failing_setup());
      const auto start = process.begin();
      const std::string code = world.provider.agree(start->url);
      auto text = std::make_shared<std::string>("no answer");
      world.fail_from_now(fault, at, 1);
      process.oauth->complete(
          {start->state, code, "", ""},
          [&](const std::string&, const std::string&) { return process.client; },
          [&, text](Result<AuthorizationOf> of) {
            *text = of ? "done" : process.told(of.error());
          });
      world.timers.advance(minutes(1));
      CHECK(*text != "no answer");
      world.heal();
      CHECK((*text == "done") == process.get().starts_with("access-"));
      CHECK(world.provider.requests.size() <= 1);
      (void)process.complete({start->state, code, "", ""});
      CHECK(world.provider.requests.size() <= 1);
      world.check_nothing_told("hush/hush +secret");
    }
  }
}

TEST_CASE("oauth faults: a revocation that was confirmed has happened") {
  for (const Fault fault : kFaults) {
    for (int at = 0; at < 4; ++at) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(at);
      FailingWorld world;
      Process process(world, {}, world.failing_setup());
      process.authorize();
      auto text = std::make_shared<std::string>("no answer");
      world.fail_from_now(fault, at, 1);
      process.oauth->revoke(process.client, process.of(""), [&, text](Result<void> done) {
        *text = done ? "revoked" : process.told(done.error());
      });
      world.timers.advance(minutes(1));
      CHECK(*text == "revoked");
      world.heal();
      CHECK(process.get().starts_with("not_authorized"));
      CHECK(world.provider.revoked.size() == 2);
    }
  }
}

TEST_CASE("oauth faults: removing an extension's tokens says when it could not") {
  for (int at = 0; at < 3; ++at) {
    FailingWorld world;
    Process process(world, {}, world.failing_setup());
    process.authorize();
    std::string text;
    const auto take = [&](Result<void> done) { text = done ? "done" : process.told(done.error()); };
    world.fail_from_now(Fault::kUnavailable, at, 1);
    process.oauth->forget("acme", "sync", take);
    CHECK(text.starts_with("unavailable: the tokens could not all be removed"));
    world.heal();
    process.oauth->forget("acme", "sync", take);
    CHECK(text == "done");
    CHECK(world.entry("acme", "sublet/oauth", "").empty());
  }
}

TEST_CASE("oauth faults: an entry that nobody can read is no grant") {
  World world;
  Process process(world, client_credentials());
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"sublet/oauth", "sync/crm/"};
  write.value.data = R"({"type": "Bearer"})";
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  CHECK(process.get().starts_with("access-"));
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  Process other(world);
  CHECK(other.get().starts_with("not_authorized"));
  CHECK(other.authorize() == "authorized crm ");
  CHECK(other.get().starts_with("access-"));
}

TEST_CASE("oauth faults: no randomness, no grant") {
  World world;
  OAuthSetup setup = world.setup();
  setup.random = [](std::span<std::uint8_t>) { return false; };
  Process process(world, {}, setup);
  CHECK(process.begin().error().code == ErrorCode::kInternal);
  Process own(world, client_credentials(), setup);
  CHECK(own.get() == "token_failed: no access token of \"crm\": there is no randomness");
  CHECK(world.provider.requests.empty());
}

}  // namespace sublet::proxy
