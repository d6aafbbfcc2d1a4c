// SPDX-License-Identifier: Apache-2.0
#include "sandbox/messages.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "sandbox/wire.h"

namespace sublet::sandbox {
namespace {

std::unique_ptr<engine::Program> small_program() {
  auto made = std::make_unique<engine::Program>();
  engine::Program& program = *made;
  program.digest = "abc";
  auto module = std::make_unique<engine::ProgramModule>();
  module->path = "extension.js";
  module->text = "export const run = () => 1;";
  module->ascii = true;
  module->imports["./b.js"] = 1;
  program.modules.push_back(std::move(module));
  auto other = std::make_unique<engine::ProgramModule>();
  other->path = "b.js";
  program.modules.push_back(std::move(other));
  program.exports = {"run"};
  return made;
}

Standing some_standing() {
  Standing standing;
  standing.memory.heap = Bytes{7};
  standing.memory.peak_external = Bytes{9};
  standing.reusable = true;
  return standing;
}

engine::TurnReport answered(std::string json) {
  engine::TurnReport report;
  report.outcome = Outcome::kOk;
  report.json = std::move(json);
  return report;
}

TEST_CASE("messages: a turn's end comes across whole") {
  engine::TurnReport report = answered("{\"a\":1}");
  const auto end = decode_turn_end(encode(report, some_standing()), 100);
  REQUIRE(end.has_value());
  CHECK(end->report.json == "{\"a\":1}");
  CHECK(end->report.outcome == Outcome::kOk);
  CHECK(end->standing.memory.heap == Bytes{7});
  CHECK(end->standing.memory.peak_external == Bytes{9});
  CHECK(end->standing.reusable);
  CHECK_FALSE(end->standing.exhausted);
}

TEST_CASE("messages: a result that is no JSON, or over the limit, is not believed") {
  CHECK_FALSE(decode_turn_end(encode(answered("{\"a\":"), {}), 100).has_value());
  CHECK_FALSE(decode_turn_end(encode(answered(""), {}), 100).has_value());
  CHECK_FALSE(decode_turn_end(encode(answered("\"\xff\""), {}), 100).has_value());
  CHECK(decode_turn_end(encode(answered("\"12345678\""), {}), 10).has_value());
  CHECK_FALSE(decode_turn_end(encode(answered("\"123456789\""), {}), 10).has_value());
}

TEST_CASE("messages: outcomes that are the host's to decide are not taken from a process") {
  for (const Outcome outcome : {Outcome::kExceededCpu, Outcome::kExceededMemory,
                                Outcome::kQuarantined, Outcome::kCanceled, Outcome::kSandboxLost}) {
    engine::TurnReport report;
    report.outcome = outcome;
    CHECK_FALSE(decode_turn_end(encode(report, {}), 100).has_value());
  }
}

TEST_CASE("messages: an error's texts are UTF-8 and bounded") {
  engine::TurnReport report;
  report.outcome = Outcome::kException;
  report.error = GuestError{"TypeError", "m", "    at f (a.js:1:2)"};
  const auto end = decode_turn_end(encode(report, {}), 100);
  REQUIRE(end.has_value());
  REQUIRE(end->report.error.has_value());
  CHECK(end->report.error->name == "TypeError");
  CHECK(end->report.error->stack == "    at f (a.js:1:2)");
  report.error->message = "\xc3";
  CHECK_FALSE(decode_turn_end(encode(report, {}), 100).has_value());
  report.error->message = std::string(1 << 20, 'x');
  CHECK_FALSE(decode_turn_end(encode(report, {}), 100).has_value());
}

TEST_CASE("messages: how long an error asks to wait is bounded") {
  engine::TurnReport report;
  report.outcome = Outcome::kException;
  report.error = GuestError{"RetryError", "m", ""};
  const auto across = [&](std::chrono::milliseconds wait) {
    report.error->retry_after = wait;
    return decode_turn_end(encode(report, {}), 100);
  };
  CHECK_FALSE(decode_turn_end(encode(report, {}), 100)->report.error->retry_after.has_value());
  for (const auto wait : {std::chrono::milliseconds(0), engine::kMostRetryAfter}) {
    REQUIRE(across(wait).has_value());
    CHECK(across(wait)->report.error->retry_after == wait);
  }
  CHECK_FALSE(across(std::chrono::milliseconds(-1)).has_value());
  CHECK_FALSE(across(engine::kMostRetryAfter + std::chrono::milliseconds(1)).has_value());
}

TEST_CASE("messages: cut anywhere or with something behind, nothing is taken") {
  engine::TurnReport report = answered("[1,2,3]");
  report.error = GuestError{"a", "b", "c", std::chrono::milliseconds(5)};
  const std::string whole = encode(report, some_standing());
  REQUIRE(decode_turn_end(whole, 100).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(decode_turn_end(std::string_view(whole).substr(0, size), 100).has_value());
  }
  CHECK_FALSE(decode_turn_end(whole + "x", 100).has_value());
}

TEST_CASE("messages: a count that the message cannot hold allocates nothing") {
  std::string body;
  Writer(body)
      .number(std::uint32_t{1})
      .number(std::uint64_t{2})
      .number(std::uint64_t{3})
      .number(std::uint32_t{0xffffffff});
  CHECK_FALSE(decode_resume(body).has_value());
}

TEST_CASE("messages: a program comes across, its own caches before the other tier's") {
  const auto held = small_program();
  const engine::Program& program = *held;
  const std::vector<std::uint8_t> one = {1};
  const std::vector<std::uint8_t> two = {2, 2};
  program.modules[0]->code_cache.set(std::make_shared<const std::vector<std::uint8_t>>(one));
  auto got = decode_program(encode(program));
  REQUIRE(got != nullptr);
  CHECK(got->modules[0]->text == program.modules[0]->text);
  CHECK(got->modules[0]->imports.at("./b.js") == 1);
  CHECK(*got->modules[0]->code_cache.get() == one);
  program.modules[0]->sandbox_cache.set(std::make_shared<const std::vector<std::uint8_t>>(two));
  got = decode_program(encode(program));
  REQUIRE(got != nullptr);
  CHECK(*got->modules[0]->code_cache.get() == two);
}

TEST_CASE("messages: what a process prepared never becomes the other tier's code cache") {
  const auto source = small_program();
  engine::Program& made = *source;
  made.modules[0]->code_cache.set(
      std::make_shared<const std::vector<std::uint8_t>>(std::vector<std::uint8_t>{5}));
  made.closure = "closure";
  const auto held = small_program();
  engine::Program& program = *held;
  const auto prepared = decode_prepared(encode_prepared({}, made), program);
  REQUIRE(prepared.has_value());
  REQUIRE(prepared->has_value());
  CHECK(program.modules[0]->code_cache.get() == nullptr);
  CHECK(program.modules[0]->sandbox_cache.get() != nullptr);
  CHECK(program.closure == "closure");
}

TEST_CASE("messages: an import of a module that is not there is not believed") {
  const auto source = small_program();
  engine::Program& made = *source;
  made.modules[0]->imports["./b.js"] = 2;
  const auto held = small_program();
  engine::Program& program = *held;
  CHECK_FALSE(decode_prepared(encode_prepared({}, made), program).has_value());
  CHECK(decode_program(encode(made)) == nullptr);
}

TEST_CASE("messages: the error of preparing comes across") {
  const auto held = small_program();
  engine::Program& program = *held;
  const Result<void> error = Error{ErrorCode::kInvalidArgument, "a.js:1:1: no"};
  const auto prepared = decode_prepared(encode_prepared(error, program), program);
  REQUIRE(prepared.has_value());
  REQUIRE_FALSE(prepared->has_value());
  CHECK(prepared->error().message == "a.js:1:1: no");
}

TEST_CASE("messages: host calls carry a JSON array or are not believed") {
  CHECK(decode_call(encode_call("host.f", "[1]")).has_value());
  CHECK(decode_call(encode_call("host.f", "{}")).has_value());
  CHECK_FALSE(decode_call(encode_call("host.f", "[1")).has_value());
  CHECK_FALSE(decode_call(encode_call("\xff", "[]")).has_value());
  CHECK(decode_call(encode_call("host:f", "")).has_value());
  const auto with_body = decode_call(encode_call("kv.get", "", std::string_view("\0\xff", 2)));
  REQUIRE(with_body.has_value());
  CHECK(with_body->body == std::string_view("\0\xff", 2));
  CHECK_FALSE(decode_call(encode_call(std::string(8192, 'n'), "[]")).has_value());
  CHECK_FALSE(decode_log(encode_log(LogLevel::kInfo, "\xff")).has_value());
}

TEST_CASE("messages: a handler that is not exported is one of the program's") {
  engine::LoadReport report;
  report.outcome = Outcome::kCompileError;
  report.missing_export = 1;
  CHECK(decode_load_end(encode(report, {}), 2).has_value());
  CHECK_FALSE(decode_load_end(encode(report, {}), 1).has_value());
}

TEST_CASE("messages: what remains of the limits comes across") {
  engine::RemainingLimits left;
  left.cpu_time = std::chrono::nanoseconds(1);
  left.wall_time = std::chrono::nanoseconds(-2);
  left.host_calls = 3;
  left.log_lines = 4;
  left.kv_operations = 5;
  left.requests = 6;
  left.events = 7;
  const std::string body = encode(left);
  const auto read = decode_remaining(body);
  REQUIRE(read.has_value());
  CHECK(read->wall_time.count() == -2);
  CHECK(read->kv_operations == 5);
  CHECK(read->requests == 6);
  CHECK(read->events == 7);
  CHECK_FALSE(decode_remaining(body.substr(1)).has_value());
}

TEST_CASE("messages: what the host asks comes across") {
  engine::CallInput input;
  input.handler = 3;
  input.payload = "{}";
  input.event = "run";
  input.attempt = 2;
  const std::string body = encode_start(5, 6, 7, input);
  const auto start = decode_start(body);
  REQUIRE(start.has_value());
  CHECK(start->turn == 5);
  CHECK(start->context == 6);
  CHECK(start->activation == 7);
  CHECK(start->input.payload == "{}");
  CHECK(start->input.attempt == 2);
  const std::vector<engine::HostCallCompletion> completions = {{1, true, "2"}, {3, false, "no"}};
  const auto resume = decode_resume(encode_resume(1, 2, 3, completions));
  REQUIRE(resume.has_value());
  REQUIRE(resume->completions.size() == 2);
  CHECK(resume->completions[1].text == "no");
  engine::IsolateOptions options;
  options.allow_eval = true;
  options.heap = Bytes::mebibytes(5);
  CHECK(decode_options(encode(options)) == options);
}

}  // namespace
}  // namespace sublet::sandbox
