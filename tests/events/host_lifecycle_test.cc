// SPDX-License-Identifier: Apache-2.0
#include "events/event_host.h"

namespace sublet::scenario {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

const Events kPolite = {{"onInstall", "host.note(['install', event.data]);"},
                        {"onUpdate", "host.note(['update', event.data]);"},
                        {"onUninstall", "host.note(['uninstall', event.data]);"}};

TEST_CASE("lifecycle: an extension is told that it comes, changes and goes") {
  for (const bool with_queue : {true, false}) {
    CAPTURE(with_queue);
    EventHost side;
    if (!with_queue) side.options.events.queue = nullptr;
    side.start();
    side.install("acme", "a", kPolite);
    side.install("acme", "a", kPolite);  // the same files: nothing is new
    side.install("acme", "a", kPolite, Json::object(), "1.1.0");
    REQUIRE(side.host->uninstall("acme", "a"));
    const auto notes = side.notes(3);
    REQUIRE(notes.size() == 3);
    CHECK(notes[0] == Json({"install", {{"version", "1.0.0"}}}));
    CHECK(notes[1] == Json({"update", {{"version", "1.1.0"}, {"previousVersion", "1.0.0"}}}));
    CHECK(notes[2] == Json({"uninstall", {{"version", "1.1.0"}}}));
    side.install("acme", "a", kPolite);
    CHECK(side.notes(4)[3][0] == "install");
  }
}

TEST_CASE("lifecycle: an extension that is asked may use what its manifest declares") {
  EventHost side;
  side.start();
  side.install("acme", "a",
               {{"onInstall", R"(
                  host.note((await webhooks.url("in")).startsWith("https://hooks.example.com/in/"));
                  await schedule.create({ name: "daily", event: "onTime", cron: "@daily" });)"},
                {"onTime", ""}},
               {{"webhooks", {{"in", {{"event", "onTime"}}}}}});
  CHECK(side.notes(1)[0] == true);
  CHECK(side.host->events().schedules("acme", "a")->size() == 1);
}

TEST_CASE("lifecycle: a veto says why, and changes nothing") {
  EventHost side;
  side.start();
  const Events no = {{"onInstall", "throw new Error('needs a plan');"}};
  const auto refused = side.try_install("acme", "a", no);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kFailedPrecondition);
  CHECK(refused.error().message.find("needs a plan") != std::string::npos);
  CHECK(side.host->list("acme").empty());
  // It is asked again the next time.
  CHECK_FALSE(side.try_install("acme", "a", no));

  side.install("acme", "b", {{"onUninstall", "throw new Error('still in use');"}, {"onX", ""}});
  const auto kept = side.host->uninstall("acme", "b");
  REQUIRE_FALSE(kept);
  CHECK(kept.error().message.find("still in use") != std::string::npos);
  CHECK(side.host->list("acme").size() == 1);
  CHECK(side.host->uninstall("acme", "b", /*force=*/true));
  CHECK(side.host->list("acme").empty());
}

TEST_CASE("lifecycle: one that does not end well stops an install, and no uninstall") {
  EventHost side;
  side.options.default_policy.limits.startup_cpu_time = milliseconds(100);
  side.start();
  CHECK_FALSE(side.try_install("acme", "a", {{"onInstall", "for (;;) {}"}}));
  side.install("acme", "b", {{"onUninstall", "for (;;) {}"}});
  CHECK(side.host->uninstall("acme", "b"));
}

TEST_CASE("lifecycle: of hosts that share a queue, one asks") {
  const auto queue = std::make_shared<MemoryEventQueue>();
  EventHost first;
  EventHost second;
  first.options.events.queue = queue;
  second.options.events.queue = queue;
  first.start();
  second.start();
  first.install("acme", "a", kPolite);
  second.install("acme", "a", kPolite);
  second.install("acme", "a", kPolite, Json::object(), "2.0.0");
  first.install("acme", "a", kPolite, Json::object(), "2.0.0");
  REQUIRE(first.host->uninstall("acme", "a"));
  REQUIRE(second.host->uninstall("acme", "a"));
  CHECK(first.notes(2).size() == 2);   // install, uninstall
  CHECK(second.notes(1).size() == 1);  // update
}

}  // namespace
}  // namespace sublet::scenario
