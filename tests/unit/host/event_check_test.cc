// SPDX-License-Identifier: Apache-2.0
#include "host/event_check.h"

#include <doctest/doctest.h>

namespace sublet::host {
namespace {

Event good() { return {.tenant = "acme", .event = "onTicketCreate"}; }

std::string refusal(const Event& event, const InvokeOptions& options = {}) {
  const Result<void> names = check_names(event);
  if (!names) return names.error().message;
  const Result<void> call = check_call(event, options);
  return call ? "" : call.error().message;
}

TEST_SUITE_BEGIN("host");

TEST_CASE("event: each field that is wrong is named") {
  CHECK(refusal(good()).empty());
  Event event = good();
  event.tenant = "a b";
  CHECK(refusal(event).find("Event::tenant") != std::string::npos);
  event = good();
  event.event.clear();
  CHECK(refusal(event).find("Event::event") != std::string::npos);
  event = good();
  event.extension = "No Such Name";
  CHECK(refusal(event).find("Event::extension") != std::string::npos);
  event = good();
  event.id = "line\nbreak";
  CHECK(refusal(event).find("Event::id") != std::string::npos);
  event = good();
  event.attempt = 0;
  CHECK(refusal(event).find("Event::attempt") != std::string::npos);
}

TEST_CASE("event: deadline and fallback are checked before anything runs") {
  InvokeOptions options;
  options.deadline = std::chrono::milliseconds(-1);
  CHECK(refusal(good(), options).find("InvokeOptions::deadline") != std::string::npos);
  options.deadline = std::chrono::milliseconds(10);
  options.fallback = "{\"a\":";
  CHECK(refusal(good(), options) == "InvokeOptions::fallback is not JSON at byte 5");
  options.fallback = "{\"a\":1}";
  CHECK(refusal(good(), options).empty());
}

TEST_CASE("payload: size, depth, syntax and encoding are refused with the place and the limit") {
  Limits limits;
  limits.payload = Bytes{20};
  limits.payload_depth = 2;
  CHECK(check_payload("", limits));
  CHECK(check_payload("[[1]]", limits).value().ascii);
  CHECK_FALSE(check_payload("\"\u00e9\"", limits).value().ascii);
  CHECK(check_payload("[[[1]]]", limits).error().message ==
        "Event::payload is nested deeper than limits.payload_depth (2) at byte 2");
  CHECK(check_payload("[1,]", limits).error().message == "Event::payload is not JSON at byte 3");
  CHECK(check_payload("\"\xff\"", limits).error().message ==
        "Event::payload is not UTF-8 at byte 1");
  CHECK(check_payload(std::string(21, ' '), limits).error().message ==
        "Event::payload has 21 bytes; limits.payload is 20");
}

TEST_CASE("payload: in dry-run mode its limits are noted and do not refuse") {
  Limits limits;
  limits.payload = Bytes{4};
  limits.payload_depth = 1;
  limits.dry_run = Limit::kPayload | Limit::kPayloadDepth;
  const Result<PayloadCheck> checked = check_payload("[[1]]", limits);
  REQUIRE(checked);
  CHECK(checked->passed == (Limit::kPayload | Limit::kPayloadDepth));
  CHECK_FALSE(check_payload("[[1]", limits));
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::host
