// SPDX-License-Identifier: Apache-2.0
#include "events/event_host.h"

namespace sublet::scenario {
namespace {

EventTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

TEST_CASE("schedules: one of the host's fires at its time, once") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTime", "host.note(event.data);"}});
  Schedule schedule;
  schedule.tenant = "acme";
  schedule.extension = "a";
  schedule.name = "soon";
  schedule.event = "onTime";
  schedule.at = now() + milliseconds(50);
  schedule.data = R"({"n":1})";
  const auto made = side.host->events().create_schedule(schedule);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  CHECK(made->next_at == schedule.at);
  const auto notes = side.notes(1);
  CHECK(notes[0]["schedule"] == "soon");
  CHECK(notes[0]["data"] == Json({{"n", 1}}));
  side.witness.records(1);
  CHECK(side.host->events().schedules("acme")->empty());
  CHECK(side.witness.notes(1).size() == 1);
}

TEST_CASE("schedules: tenant code makes, changes, lists and removes its own") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTime", ""}, {"onSet", R"(
    await schedule.create({ name: "hourly", event: "onTime", cron: "0 * * * *",
                            timeZone: "Europe/Berlin", data: [1] });
    await schedule.update("hourly", { data: [2], catchUp: "skip" });
    const all = await schedule.list();
    host.note([all.length, all[0].name, all[0].data, all[0].catchUp]);
    let code = "";
    try { await schedule.create({ name: "bad", event: "onTime", cron: "61 * * * *" }); }
    catch (error) { code = error.code; }
    host.note(code);
    host.note([await schedule.delete("hourly"), await schedule.delete("hourly")]);)"}});
  side.publish(of("acme", "onSet"));
  const auto notes = side.notes(3);
  CHECK(notes[0] == Json({1, "hourly", {2}, "skip"}));
  CHECK_FALSE(notes[1].get<std::string>().empty());
  CHECK(notes[2] == Json({true, false}));
}

TEST_CASE("schedules: the manifest's come and go with the extension") {
  EventHost side;
  side.start();
  const Json fields = {{"schedules", {{"nightly", {{"event", "onTime"}, {"cron", "0 3 * * *"}}}}}};
  side.install("acme", "a", {{"onTime", ""}}, fields);
  auto all = side.host->events().schedules("acme", "a");
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  CHECK((*all)[0].from_manifest);
  CHECK((*all)[0].next_at > now());
  side.install("acme", "a", {{"onTime", ""}}, Json::object(), "2.0.0");
  CHECK(side.host->events().schedules("acme")->empty());
  side.install("acme", "a", {{"onTime", ""}}, fields, "3.0.0");
  CHECK(side.host->events().schedules("acme")->size() == 1);
  REQUIRE(side.host->uninstall("acme", "a"));
  CHECK(side.host->events().schedules("acme")->empty());
}

}  // namespace
}  // namespace sublet::scenario
