// SPDX-License-Identifier: Apache-2.0
#include "support.h"

// Every outcome that this version can produce is reached once. Not produced yet: kThrottled,
// kCircuitOpen, kSandboxLost.
namespace sublet::scenario {

TEST_SUITE("scenario") {
  TEST_CASE("outcome: ok carries the answer, the version and the usage") {
    TestHost host;
    host.install("export const run = (event) => ({ got: event.data.n + 1 });");
    const auto result = host.run(Event{
        .tenant = "acme", .event = "run", .payload = R"({"n": 1})", .id = "e-1", .attempt = 3});
    CHECK_ANSWER(result, R"({"got":2})");
    CHECK_FALSE(result.error.has_value());
    CHECK_FALSE(result.used_fallback);
    CHECK(result.tenant == "acme");
    CHECK(result.extension == "ext");
    CHECK(result.extension_version == "1.0.0");
    CHECK(result.event == "run");
    CHECK(result.event_id == "e-1");
    CHECK(result.attempt == 3);
    CHECK(result.usage.cpu_time > 0ns);
    CHECK(result.usage.wall_time > 0ns);
    CHECK(result.usage.queue_time >= 0ns);
    CHECK(result.usage.peak_heap > Bytes{0});
    CHECK(result.usage.turns == 1);
    CHECK(result.usage.limits_exceeded == 0);
  }

  TEST_CASE("outcome: the handler sees data, id, attempt, event and tenant") {
    TestHost host;
    host.install("export const run = (e) => [e.data, e.id, e.attempt];");
    const auto result = host.run(
        Event{.tenant = "acme", .event = "run", .payload = "7", .id = "e-2", .attempt = 2});
    CHECK_ANSWER(result, R"([7,"e-2",2])");
    CHECK_ANSWER(host.run(),
                 "[null," + Json(host.observer.finished.items().back().event_id).dump() + ",1]");
  }

  TEST_CASE("outcome: an event without an id gets one of its own each time") {
    TestHost host;
    host.install("export const run = (event) => event.id;");
    const auto first = host.run();
    const auto second = host.run();
    CHECK(first.json == Json(first.event_id).dump());
    CHECK_FALSE(first.event_id.empty());
    CHECK(first.event_id != second.event_id);
  }

  TEST_CASE("outcome: undefined answers null") {
    TestHost host;
    host.install("export function run() {}");
    CHECK_ANSWER(host.run(), "null");
  }

  TEST_CASE("outcome: a promise is waited for") {
    TestHost host;
    host.install(
        "export async function run() { await new Promise((f) => setTimeout(f, 1)); return 'late'; "
        "}");
    const auto result = host.run();
    CHECK_ANSWER(result, "\"late\"");
    CHECK(result.usage.turns >= 2);
  }

  TEST_CASE("outcome: a thrown error is an exception with name, message and stack") {
    TestHost host;
    host.install(
        "function inner() {\n  throw new TypeError('no ticket');\n}\n"
        "export const run = () => inner();\n");
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kException);
    REQUIRE(result.error.has_value());
    CHECK(error_of(result).name == "TypeError");
    CHECK(error_of(result).message == "no ticket");
    CHECK(error_of(result).stack.find("at inner (extension.js:2:9)") != std::string::npos);
  }

  TEST_CASE("outcome: a rejection is an exception, and so is a thrown value that is no error") {
    TestHost host;
    host.install(
        "export async function run(e) { throw e.data ? 'just text' : new Error('late'); }");
    const auto rejected = host.run();
    CHECK_OUTCOME(rejected, Outcome::kException);
    CHECK(error_of(rejected).message == "late");
    const auto thrown = host.run("true");
    CHECK_OUTCOME(thrown, Outcome::kException);
    CHECK(error_of(thrown).message.find("just text") != std::string::npos);
  }

  TEST_CASE("outcome: an error may say how long to wait before the next attempt") {
    TestHost host;
    host.install(
        "export const run = (e, { RetryError }) => { throw e.data === null ? new Error('no') : new "
        "RetryError('busy', { after: e.data }); }");
    const auto waits = [&](const char* payload) {
      const auto result = host.run(payload);
      CHECK_OUTCOME(result, Outcome::kException);
      return error_of(result).retry_after;
    };
    CHECK_FALSE(waits("null").has_value());
    CHECK(waits("1.5") == 1500ms);
    CHECK(waits("1e12") == std::chrono::hours(30 * 24));
    CHECK(error_of(host.run("1")).name == "RetryError");
  }

  TEST_CASE("outcome: what JSON cannot say is an invalid result") {
    TestHost host;
    host.install(R"(
      const cycle = {}; cycle.self = cycle;
      const answers = { bigint: 1n, cycle, getter: { get x() { throw new Error('no'); } },
                        toJSON: { toJSON() { throw new Error('no'); } } };
      export const run = (event) => answers[event.data];)");
    for (const char* kind : {"\"bigint\"", "\"cycle\"", "\"getter\"", "\"toJSON\""}) {
      INFO(std::string(kind));
      const auto result = host.run(kind);
      CHECK_OUTCOME(result, Outcome::kInvalidResult);
      CHECK(result.error.has_value());
    }
  }

  TEST_CASE("outcome: an event that nobody listens to is handler_not_found") {
    TestHost host;
    host.install("export const run = () => 1;");
    CHECK_OUTCOME(host.run(Event{.tenant = "acme", .event = "other"}), Outcome::kHandlerNotFound);
    CHECK_OUTCOME(host.run(Event{.tenant = "nobody", .event = "run"}), Outcome::kHandlerNotFound);
    CHECK_OUTCOME(host.run(Event{.tenant = "acme", .event = "run", .extension = "other"}),
                  Outcome::kHandlerNotFound);
  }

  TEST_CASE("outcome: top-level code that fails later than at install is compile_error") {
    auto policy = ample_policy();
    policy.allow_eval = true;
    auto options = TestHost::two_workers();
    options.warm_contexts = 0;
    TestHost host(policy, options);
    host.install("const made = eval('40 + 2');\nexport const run = () => made;");
    CHECK_ANSWER(host.run(), "42");
    policy.allow_eval = false;
    REQUIRE(host->set_policy("acme", policy));
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kCompileError);
    CHECK(error_of(result).name == "EvalError");
    CHECK(error_of(result).stack.find("extension.js:1") != std::string::npos);
  }

  TEST_CASE("outcome: limits of time, memory and host calls have their own") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 100ms;
    policy.limits.host_calls = 3;
    TestHost host(policy);
    host.install(R"(
      export const spin = () => { for (;;); };
      export const calls = async (_, { host }) => { for (;;) await host.echo(1); };)",
                 {.events = {"spin", "calls"}});
    CHECK_OUTCOME(host.run(Event{.tenant = "acme", .event = "spin"}), Outcome::kExceededCpu);
    CHECK_OUTCOME(host.run(Event{.tenant = "acme", .event = "calls"}), Outcome::kExceededHostCalls);

    policy = ample_policy();
    policy.limits.wall_time = 100ms;
    policy.limits.heap = Bytes::mebibytes(16);
    REQUIRE(host->set_policy("globex", policy));
    host.install(R"(
      export const wait = async () => { for (;;) await new Promise((f) => setTimeout(f, 5)); };)",
                 {.name = "a", .events = {"wait"}}, "globex");
    CHECK_OUTCOME(host.run(Event{.tenant = "globex", .event = "wait"}), Outcome::kExceededWallTime);
    policy.limits.wall_time = 60s;
    REQUIRE(host->set_policy("globex", policy));
    host.install("export const keep = () => { const a = []; for (;;) a.push({ a }); };",
                 {.name = "b", .events = {"keep"}}, "globex");
    CHECK_OUTCOME(host.run(Event{.tenant = "globex", .event = "keep"}), Outcome::kExceededMemory);
  }

  TEST_CASE("outcome: a tenant that is switched off is disabled, and comes back") {
    auto policy = ample_policy();
    TestHost host(policy);
    host.install("export const run = () => 1;");
    policy.enabled = false;
    REQUIRE(host->set_policy("acme", policy));
    CHECK_OUTCOME(host.run(), Outcome::kDisabled);
    REQUIRE(host->set_policy("acme", std::nullopt));
    CHECK_ANSWER(host.run(), "1");
  }

  TEST_CASE("outcome: every invocation is told to the observer once, before its completion") {
    TestHost host;
    host.install("export const run = (event) => { if (event.data) throw new Error('x'); };");
    host.run();
    CHECK(host.observer.finished.items().size() == 1);
    host.run("true");
    const auto finished = host.observer.finished.items();
    REQUIRE(finished.size() == 2);
    CHECK(finished[0].outcome == Outcome::kOk);
    CHECK(finished[1].outcome == Outcome::kException);
  }
}

}  // namespace sublet::scenario
