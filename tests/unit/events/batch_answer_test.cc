// SPDX-License-Identifier: Apache-2.0
#include "events/batch_answer.h"

#include <doctest/doctest.h>

namespace sublet::events {
namespace {

using std::chrono::milliseconds;

std::string failed_of(std::string_view json) {
  const BatchAnswer answer = read_batch_answer(json, {"a", "b", "a"});
  REQUIRE(answer.items.size() == 3);
  std::string marks;
  for (const BatchItemAnswer& item : answer.items) marks += item.failed ? 'x' : '.';
  return answer.fault.empty() ? marks : marks + "!";
}

TEST_CASE("a batch's answer: what it names failed, the rest did not") {
  CHECK(failed_of("null") == "...");
  CHECK(failed_of("7") == "...");
  CHECK(failed_of("{}") == "...");
  CHECK(failed_of(R"({"failed":[]})") == "...");
  CHECK(failed_of(R"({"failed":null})") == "...");
  CHECK(failed_of(R"({"failed":["b"]})") == ".x.");
  CHECK(failed_of(R"({"failed":[{"id":"a"}]})") == "x.x");
}

TEST_CASE("a batch's answer: what cannot be understood fails all") {
  for (const char* json : {R"({"failed":true})", R"({"failed":["c"]})", R"({"failed":[7]})",
                           R"({"failed":["b",{"id":3}]})", R"({"failed":[{}]})"}) {
    CAPTURE(json);
    CHECK(failed_of(json) == "xxx!");
  }
}

TEST_CASE("a batch's answer: how long an item asks to wait") {
  const auto wait = [](const char* seconds) {
    const std::string json = std::string(R"({"failed":[{"id":"b","retryAfter":)") + seconds + "}]}";
    return read_batch_answer(json, {"b"}).items[0].retry_after;
  };
  CHECK(wait("1.5") == milliseconds(1500));
  CHECK(wait("-3") == milliseconds(0));
  CHECK(wait("1e300") == std::chrono::hours(24 * 30));
  CHECK(wait("\"x\"") == std::nullopt);
}

}  // namespace
}  // namespace sublet::events
