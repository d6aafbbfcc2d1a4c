// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/arguments.h"

#include <doctest/doctest.h>

#include <string>

#include "unit/hostcall/events/events_fixture.h"

namespace sublet::hostcall {
namespace {

using std::chrono::milliseconds;

constexpr EventTime kNow{milliseconds(1'000'000)};

EventTime at(std::int64_t ms) { return EventTime(milliseconds(ms)); }

Result<std::vector<Publication>> publications(std::string_view text, bool several = false) {
  return read_publications(text, several, event_access(), kNow);
}

std::string refusal(std::string_view text, bool several = false) {
  const auto read = publications(text, several);
  return read ? "none" : read.error().message;
}

TEST_CASE("event arguments: a publication with everything") {
  const auto read =
      publications(R"([["order.placed",{"key":"k","idempotencyKey":"i","delay":1.5,"expiresIn":60,)"
                   R"("extension":"other"},{"a":[1]}]])");
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  const Publication& one = read->front();
  CHECK(one.tenant == "acme");
  CHECK(one.event == "order.placed");
  CHECK(one.payload == R"({"a":[1]})");
  CHECK(one.ordering_key == "k");
  CHECK(one.idempotency_key == "extension/triage/i");
  CHECK(one.not_before == kNow + milliseconds(1500));
  CHECK(one.expires_at == kNow + milliseconds(60'000));
  CHECK(one.extension == "other");
  CHECK(one.id.empty());
}

TEST_CASE("event arguments: a publication with nothing but its name") {
  const auto read = publications(R"([["a",{}]])");
  REQUIRE(read);
  CHECK(read->front().payload.empty());
  CHECK(read->front().idempotency_key.empty());
  CHECK_FALSE(read->front().not_before.has_value());
  CHECK_FALSE(read->front().expires_at.has_value());
}

TEST_CASE("event arguments: times as Dates and as texts") {
  CHECK(publications(R"([["a",{"at":7}]])")->front().not_before == at(7));
  CHECK(publications(R"([["a",{"at":"1970-01-01T00:00:01.250Z"}]])")->front().not_before ==
        at(1250));
  for (const char* text : {R"("")", R"("1970-01-01")", R"("tomorrow")", "null", "-1", "1.5",
                           "1e300", "253402300800000", "{}", "true"}) {
    CAPTURE(text);
    CHECK(refusal(R"([["a",{"at":)" + std::string(text) + "}]]").starts_with("at must be a Date"));
  }
}

TEST_CASE("event arguments: what is wrong with a publication is named") {
  CHECK(refusal("{}") == "the arguments are no array");
  CHECK(refusal("[") == "the arguments are no array");
  CHECK(refusal("[7]") == "a publication is no array");
  CHECK(refusal("[[]]") == "the event is missing");
  CHECK(refusal(R"([[null,{}]])") == "the event must be a string");
  CHECK(refusal(R"([["a",7]])") == "the options must be an object");
  CHECK(refusal(R"([["a",{"dalay":1}]])") ==
        "there is no option \"dalay\"; did you mean \"delay\"?");
  CHECK(refusal(R"([["a",{"delay":"1"}]])") == "delay must be a number of seconds");
  CHECK(refusal(R"([["a",{"delay":-1}]])") == "delay must be from 0 seconds to 400 days");
  CHECK(refusal(R"([["a",{"delay":1e999}]])") == "delay must be a number");
  CHECK(refusal(R"([["a",{"expiresIn":1e300}]])") ==
        "expiresIn must be from 0 seconds to 400 days");
  CHECK(refusal(R"([["a",{"delay":1,"at":7}]])") == "only one of delay and at can be given");
  CHECK(refusal(R"([["a",{"key":1}]])") == "key must be a string");
  CHECK(refusal(R"([["a",{"key":"\ud800"}]])") ==
        "key is no Unicode: it has half a surrogate pair");
  CHECK(refusal(R"([["a",{"idempotencyKey":""}]])") == "idempotencyKey must have 1 to 128 bytes");
  CHECK(refusal(R"([["a",{"idempotencyKey":")" + std::string(129, 'x') + R"("}]])") ==
        "idempotencyKey must have 1 to 128 bytes");
  CHECK(refusal(R"([["a",{},1,2]])") == "there are too many arguments");
}

TEST_CASE("event arguments: data within the limits") {
  const auto with_data = [](const std::string& data) { return R"([["a",{},)" + data + "]]"; };
  CHECK(refusal(with_data('"' + std::string(62, 'x') + '"')) == "none");
  CHECK(refusal(with_data('"' + std::string(63, 'x') + '"')) ==
        "the data has 65 bytes, more than the limit of 64 (payload)");
  CHECK(refusal(with_data("[[[1]]]")) == "none");
  CHECK(refusal(with_data("[[[[1]]]]")) ==
        "the data is nested deeper than the limit of 3 (payload_depth)");
}

TEST_CASE("event arguments: several, of which the wrong one is named") {
  const auto read = publications(R"([["a",{}],["b",{},2]])", true);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[1].event == "b");
  CHECK((*read)[1].payload == "2");
  CHECK(publications("[]", true)->empty());
  CHECK(refusal(R"([["a",{}],["b",{"key":2}]])", true) == "publications[1]: key must be a string");
  std::string many = "[";
  for (std::size_t i = 0; i <= kMaxPublications; ++i) many += R"(["a",{}],)";
  many.back() = ']';
  CHECK(refusal(many, true) == "there are more than 1000 publications");
}

TEST_CASE("event arguments: a schedule with everything") {
  const auto read =
      read_schedule(R"([{"name":"n","event":"e","cron":"0 9 * * 1","timeZone":"Europe/Berlin",)"
                    R"("data":{"a":1},"catchUp":"all","enabled":false}])",
                    event_access());
  REQUIRE(read);
  CHECK(read->tenant == "acme");
  CHECK(read->extension == "triage");
  CHECK(read->name == "n");
  CHECK(read->event == "e");
  CHECK(read->cron == "0 9 * * 1");
  CHECK(read->time_zone == "Europe/Berlin");
  CHECK(read->data == R"({"a":1})");
  CHECK(read->catch_up == CatchUp::kAll);
  CHECK_FALSE(read->enabled);
  const auto plain = read_schedule(R"([{"name":"n","event":"e","every":90}])", event_access());
  REQUIRE(plain);
  CHECK(plain->every == milliseconds(90'000));
  CHECK(plain->catch_up == CatchUp::kOnce);
  CHECK(plain->enabled);
}

TEST_CASE("event arguments: what is wrong with a schedule is named") {
  const auto refused = [](const std::string& text) {
    const auto read = read_schedule(text, event_access());
    return read ? "none" : read.error().message;
  };
  CHECK(refused("[]") == "an argument is missing");
  CHECK(refused("[{}]") == "name is missing");
  CHECK(refused(R"([{"name":"n"}])") == "event is missing");
  CHECK(refused(R"([{"name":"n","event":"e"}])") == "one of at, every and cron must be given");
  CHECK(refused(R"([{"name":"n","event":"e","at":1,"cron":""}])") ==
        "only one of at, every and cron can be given");
  CHECK(refused(R"([{"every":"1h"}])") == "every must be a number of seconds");
  CHECK(refused(R"([{"catchUp":"some"}])") == "catchUp must be one of \"skip\" \"once\" \"all\"");
  CHECK(refused(R"([{"enabled":1}])") == "enabled must be true or false");
  CHECK(refused(R"([{"timezone":"x"}])") ==
        "there is no option \"timezone\"; did you mean \"timeZone\"?");
  CHECK(refused(R"([{"name":"n","event":"e","at":1},2])") == "there are too many arguments");
}

TEST_CASE("event arguments: changes come in place of what was there") {
  Schedule schedule;
  schedule.name = "n";
  schedule.cron = "@daily";
  schedule.data = "1";
  REQUIRE(apply_changes(R"({"enabled":false})", schedule));
  CHECK(schedule.cron == "@daily");
  CHECK_FALSE(schedule.enabled);
  REQUIRE(apply_changes(R"({"every":60,"data":null})", schedule));
  CHECK(schedule.cron.empty());
  CHECK(schedule.every == milliseconds(60'000));
  CHECK(schedule.data == "null");
  CHECK_FALSE(apply_changes(R"({"name":"m"})", schedule));
  CHECK(schedule.name == "n");
  CHECK(read_changes(R"(["n",{"enabled":false}])")->members == R"({"enabled":false})");
  CHECK(read_changes(R"(["n"])").error().message == "the changes are missing");
  CHECK(read_changes(R"(["n",{"cron":5}])").error().message == "cron must be a string");
  CHECK(read_changes(R"(["",{}])").error().message == "the name is empty");
}

TEST_CASE("event arguments: a name alone") {
  CHECK(*read_name(R"(["n"])") == "n");
  CHECK(read_name("[null]").error().message == "the name must be a string");
  CHECK(read_name(R"([""])").error().message == "the name is empty");
  CHECK(read_name(R"(["n",1])").error().message == "there are too many arguments");
}

}  // namespace
}  // namespace sublet::hostcall
