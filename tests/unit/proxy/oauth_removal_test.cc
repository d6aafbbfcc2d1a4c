// SPDX-License-Identifier: Apache-2.0
// An extension that is removed while something of it is under way.
#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "oauth_bed.h"
#include "support/forwarding_store.h"

namespace sublet::proxy {
namespace {

void remove(Process& process) {
  std::string text = "no answer";
  process.installed = false;
  process.oauth->forget("acme", "sync",
                        [&](Result<void> done) { text = done ? "done" : "failed"; });
  CHECK(text == "done");
}

std::string entries(const World& world) { return world.entry("acme", "sublet/oauth", "sync/"); }

// Does something before the commits that put a token.
class WatchingStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    const bool is_token = request.writes.front().at.key == "sync/crm/";
    if (is_token && before_put) std::exchange(before_put, nullptr)();
    ForwardingStore::commit(std::move(request), std::move(done));
  }
  std::function<void()> before_put;
};

struct Completion {
  Completion(Process& process, const AuthorizationCallback& callback) {
    process.oauth->complete(
        callback,
        [&](const std::string&, const std::string&) {
          return process.installed ? std::optional(process.client) : std::nullopt;
        },
        [&](Result<AuthorizationOf> of) { text = of ? "authorized" : process.told(of.error()); });
  }
  std::string text = "no answer";
};

constexpr char kGone[] = "not_found: \"sync\" is not installed any more";

}  // namespace

TEST_CASE("oauth removal: a grant that is completed afterwards is not kept") {
  for (const bool installed_again : {false, true}) {
    World world;
    Process process(world);
    const auto start = process.begin();
    world.provider.hold = true;
    Completion completion(process, {start->state, world.provider.agree(start->url), "", ""});
    REQUIRE(world.provider.held() == 1);
    remove(process);
    process.installed = installed_again;
    world.provider.answer_all();
    CHECK(completion.text == kGone);
    CHECK(entries(world).empty());
    CHECK(process.get().starts_with("not_authorized"));
    world.provider.answer_all();
    CHECK(world.provider.revoked.size() == 2);
  }
}

TEST_CASE("oauth removal: a grant that gets in behind it is taken back") {
  World world;
  auto store = std::make_shared<WatchingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = store;
  Process process(world, {}, setup);
  const auto start = process.begin();
  store->before_put = [&] { remove(process); };
  Completion completion(process, {start->state, world.provider.agree(start->url), "", ""});
  CHECK(completion.text == kGone);
  CHECK(entries(world).empty());
  CHECK(world.provider.revoked.size() == 2);
}

TEST_CASE("oauth removal: what was begun before is good for nothing afterwards") {
  World world;
  OAuthSetup setup = world.setup();
  // None twice.
  std::uint32_t next = 0;
  setup.random = [&next](std::span<std::uint8_t> bytes) {
    ++next;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(next >> (8 * (i % 4)));
    }
    return true;
  };
  Process process(world, {}, setup), other(world, {}, setup);
  other.client.extension = "sync2";
  const auto start = process.begin();
  for (int i = 0; i < 450; ++i) REQUIRE(process.begin());
  Result<AuthorizationStart> others = Error{};
  AuthorizationOf of = other.of("");
  of.extension = "sync2";
  other.oauth->begin(other.client, of, "https://a.example.com/",
                     [&](Result<AuthorizationStart> made) { others = std::move(made); });
  REQUIRE(others);
  remove(process);
  process.installed = true;
  CHECK(process.complete({start->state, world.provider.agree(start->url), "", ""})
            .starts_with("not_found: the state is unknown"));
  CHECK(world.provider.requests.empty());
  const std::string left = world.entry("sublet/host", "sublet/oauth-pending", "");
  CHECK(left.find("sync2") != std::string::npos);
  CHECK(left.find("\"sync\"") == std::string::npos);
}

TEST_CASE("oauth removal: an invocation that still runs leaves no token") {
  World world;
  Process process(world, client_credentials());
  remove(process);
  CHECK(process.get().starts_with("access-"));
  CHECK(entries(world).empty());
  // One that was made with the next install does.
  process.tokens = process.oauth->tokens_for(process.client);
  CHECK(process.tokens != nullptr);
  CHECK(process.renew(process.get()).starts_with("access-"));
  CHECK_FALSE(entries(world).empty());
}

TEST_CASE("oauth removal: a token that gets in behind it is taken back") {
  World world;
  auto store = std::make_shared<WatchingStore>(world.store);
  OAuthSetup setup = world.setup();
  setup.store = store;
  Process process(world, client_credentials(), setup);
  store->before_put = [&] { remove(process); };
  CHECK(process.get().starts_with("access-"));
  CHECK(entries(world).empty());
}

}  // namespace sublet::proxy
