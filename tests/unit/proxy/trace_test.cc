// SPDX-License-Identifier: Apache-2.0
#include "proxy/trace_context.h"
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

constexpr const char* kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST_CASE("a span of version 00 has children") {
  CHECK(proxy::child_of(kParent, "1111111111111111") ==
        "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01");
  for (const char* bad : {"", "00", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01"}) {
    CAPTURE(bad);
    CHECK_FALSE(proxy::child_of(bad, "1111111111111111"));
  }
  CHECK(proxy::span_id_of(0) == "0000000000000001");
  CHECK(proxy::span_id_of(0xabc) == "0000000000000abc");
}

TEST_CASE_FIXTURE(ProxyFixture, "where the policy says so the invocation's trace goes on") {
  access.policy.trace_context = true;
  always(response(200));
  auto traced = call(plan());
  traced.trace_parent = kParent;
  traced.trace_state = "vendor=1";
  const auto answer = ask(traced);
  const std::string span = answer.record.span_id;
  CHECK(span.size() == 16);
  CHECK(header(last_sent(), "traceparent") ==
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + span + "-01");
  CHECK(header(last_sent(), "tracestate") == "vendor=1");
  const auto second = ask(traced);
  CHECK(second.record.span_id != span);
}

TEST_CASE_FIXTURE(ProxyFixture, "a trace that is none does not go out, nor a state that is none") {
  access.policy.trace_context = true;
  always(response(200));
  auto traced = call(plan());
  traced.trace_parent = "00-x";
  traced.trace_state = "vendor=1";
  CHECK(ask(traced).record.span_id == "");
  CHECK(header(last_sent(), "traceparent") == "(none)");
  CHECK(header(last_sent(), "tracestate") == "(none)");
  traced.trace_parent = kParent;
  traced.trace_state = "a\r\nb";
  ask(traced);
  CHECK(header(last_sent(), "tracestate") == "(none)");
}

TEST_CASE_FIXTURE(ProxyFixture, "what tenant code gives as trace never goes out") {
  always(response(200));
  auto planned = plan();
  planned.headers = {{"TraceParent", kParent}, {"tracestate", "a=1"}, {"Baggage", "b=1"}};
  for (const bool on : {false, true}) {
    access.policy.trace_context = on;
    auto traced = call(planned);
    if (!on) traced.trace_parent = kParent;
    ask(traced);
    CHECK(header(last_sent(), "traceparent") == "(none)");
    CHECK(header(last_sent(), "tracestate") == "(none)");
    CHECK(header(last_sent(), "baggage") == "(none)");
  }
}

}  // namespace
}  // namespace sublet::test
