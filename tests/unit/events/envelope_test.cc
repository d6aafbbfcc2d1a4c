// SPDX-License-Identifier: Apache-2.0
#include "events/envelope.h"

#include <doctest/doctest.h>

namespace sublet::events {
namespace {

EventTime at(std::int64_t milliseconds) {
  return EventTime(std::chrono::milliseconds(milliseconds));
}

TEST_CASE("an envelope: what was written is read") {
  Envelope envelope;
  envelope.source = Source::kExtension;
  envelope.publisher = "jira-sync";
  envelope.published_at = at(1'700'000'000'123);
  envelope.not_before = at(1'700'000'100'000);
  envelope.causes = {"a", "b\"c"};
  envelope.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  CHECK(read_envelope(to_text(envelope), at(5)) == envelope);
}

TEST_CASE("an envelope: what is at its default takes no room") {
  Envelope envelope;
  envelope.published_at = at(7);
  CHECK(to_text(envelope) == R"({"at":7})");
  CHECK(read_envelope(R"({"at":7})", at(9)) == envelope);
}

TEST_CASE("an envelope: none, or one that is no envelope, is the host's") {
  Envelope host;
  host.published_at = at(9);
  for (const char* text : {"", "null", "[1]", "{", R"({"at":"x","causes":7,"source":[]})"}) {
    CAPTURE(text);
    CHECK(read_envelope(text, at(9)) == host);
  }
}

TEST_CASE("an envelope: a chain that somebody made endless is cut") {
  std::string text = R"({"at":1,"causes":["x")";
  for (int i = 0; i < 1000; ++i) text += R"(,"x")";
  CHECK(read_envelope(text + "]}", at(1)).causes.size() == 64);
}

}  // namespace
}  // namespace sublet::events
