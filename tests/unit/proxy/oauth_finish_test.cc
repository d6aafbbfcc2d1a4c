// SPDX-License-Identifier: Apache-2.0
// The end of a process waits for what providers were asked for.
#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "oauth_bed.h"

namespace sublet::proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// A process that has asked for a refresh, and waits for the answer.
struct Refreshing {
  Refreshing() {
    process.authorize();
    world.timers.advance(hours(1));
    world.provider.hold = true;
    process.tokens->get("crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
    REQUIRE(world.provider.held() == 1);
    world.provider.hold = false;
  }
  World world;
  Process process{world};
  std::string got = "no answer";
};

}  // namespace

TEST_CASE("oauth finish: nothing is under way") {
  World world;
  Process process(world);
  process.authorize();
  const std::string token = process.get();
  CHECK(process.oauth->finish(milliseconds(0)));
  // What is in memory is there; nobody is asked for more.
  CHECK(process.get() == token);
  CHECK(process.renew(token) == "token_failed: the host is ending");
  const auto start = process.begin();
  REQUIRE(start);
  const std::string code = world.provider.agree(start->url);
  CHECK(process.complete({start->state, code, "", ""}) == "unavailable: the host is ending");
  CHECK(world.provider.requests.size() == 1);
  // The state is still good for another process.
  CHECK(Process(world).complete({start->state, code, "", ""}) == "authorized crm ");
}

TEST_CASE("oauth finish: a refresh that was asked for is waited for") {
  Refreshing bed;
  CHECK_FALSE(bed.process.oauth->finish(milliseconds(0)));
  bed.world.provider.answer_all();
  CHECK(bed.process.oauth->finish(milliseconds(0)));
  CHECK(bed.got.starts_with("access-"));
  bed.process.oauth->stop();
  Process next(bed.world);
  CHECK(next.get() == bed.got);
  CHECK(next.renew(bed.got).starts_with("access-"));
}

TEST_CASE("oauth finish: it ends with what it waits for") {
  Refreshing bed;
  std::thread provider([&] { bed.world.provider.answer_all(); });
  CHECK(bed.process.oauth->finish(seconds(100)));
  provider.join();
  CHECK(bed.got.starts_with("access-"));
  CHECK(Process(bed.world).get() == bed.got);
}

TEST_CASE("oauth finish: who has not asked the provider yet does not do so") {
  World world;
  Process process(world);
  process.authorize();
  world.timers.advance(hours(1));
  // Another process has the lease.
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"sublet/oauth", "sync/crm//lease"};
  write.value.data = "{}";
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  std::string got = "no answer";
  process.tokens->get("crm", "", [&](const Tokened& tokened) { got = process.text(tokened); });
  CHECK(process.oauth->finish(milliseconds(0)));
  write.kind = KeyValueWrite::Kind::kRemove;
  world.store->commit({"acme", {write}}, [](Result<KeyValueCommitted>) {});
  world.timers.advance(seconds(5));
  CHECK(got == "token_failed: no access token of \"crm\": the host is ending");
  CHECK(world.provider.requests.size() == 1);
  CHECK(Process(world).get().starts_with("access-"));
}

TEST_CASE("oauth finish: a grant and a revocation under way are waited for") {
  World world;
  Process process(world);
  const auto start = process.begin();
  world.provider.hold = true;
  CHECK(process.oauth->finish(milliseconds(0)));

  Process granted(world);
  std::string text = "no answer";
  granted.oauth->complete(
      {start->state, world.provider.agree(start->url), "", ""},
      [&](const std::string&, const std::string&) { return granted.client; },
      [&](Result<AuthorizationOf> of) { text = of ? "done" : granted.told(of.error()); });
  CHECK_FALSE(granted.oauth->finish(milliseconds(0)));
  world.provider.answer_all();
  CHECK(text == "done");
  CHECK(granted.oauth->finish(milliseconds(0)));

  Process revoking(world);
  revoking.oauth->revoke(revoking.client, revoking.of(""),
                         [&](Result<void> done) { text = done ? "revoked" : "failed"; });
  CHECK_FALSE(revoking.oauth->finish(milliseconds(0)));
  world.provider.answer_all();
  world.provider.answer_all();
  CHECK(text == "revoked");
  CHECK(revoking.oauth->finish(milliseconds(0)));
}

}  // namespace sublet::proxy
