// SPDX-License-Identifier: Apache-2.0
// The host's side against a process that tenant code has taken over: whatever it says, the host
// gives it up and answers.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/remote_isolate.h"

namespace sublet::sandbox {
namespace {

using Answer = std::function<void(Channel& process)>;

// Logs what it is asked for.
class Port final : public engine::HostCallPort {
 public:
  engine::HostCallStart start_call(std::string_view name, std::string arguments,
                           std::string) noexcept override {
    asked.push_back(std::string(name) + arguments);
    return {engine::HostCallStart::Kind::kAnswered, 0, "7"};
  }
  engine::HostCallStart start_timer(std::chrono::milliseconds) noexcept override {
    return {engine::HostCallStart::Kind::kPending, 1, ""};
  }
  void cancel_timer(engine::CallId) noexcept override {}
  void log(LogLevel, std::string_view text) noexcept override { asked.emplace_back(text); }
  engine::RemainingLimits remaining() noexcept override { return {}; }

  std::vector<std::string> asked;
};

// An isolate whose process is a thread that plays `answer` to the first question after the load.
struct Played {
  explicit Played(const Answer& answer) {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
    const timeval tick{0, 10'000};
    ::setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    ZygoteLink::Child child;
    child.process = std::make_unique<ChildProcess>(Channel(base::UniqueFd(fds[0]), SharedRegion()),
                                                   base::UniqueFd());
    isolate = std::make_unique<RemoteIsolate>(std::move(child),
                                              std::make_shared<ZygoteLink>(ZygoteOptions{}));
    process = std::thread([fd = fds[1], answer] {
      Channel channel{base::UniqueFd(fd), SharedRegion()};
      Channel::Message message;
      while (channel.receive(message) == Channel::Status::kOk) {
        if (message.type == MessageType::kLoad) {
          engine::LoadReport report;
          report.ok = true;
          report.outcome = Outcome::kOk;
          (void)channel.send(MessageType::kLoaded, encode(report, Standing{}));
        } else if (message.type == MessageType::kStart) {
          return answer(channel);
        }
      }
    });
    program = std::make_shared<engine::Program>();
    program->exports = {"run"};
    auto module = std::make_unique<engine::ProgramModule>();
    module->path = "extension.js";
    program->modules.push_back(std::move(module));
    context = isolate->create_context(Realm::kStandard);
    REQUIRE(context != nullptr);
    REQUIRE(context->load(program, port).ok);
  }
  ~Played() {
    context.reset();
    isolate.reset();
    process.join();
  }

  engine::TurnReport start() {
    engine::CallInput input;
    input.payload = "1";
    input.result_limit = Bytes{64};
    return context->start(1, input, port);
  }

  Port port;
  std::unique_ptr<RemoteIsolate> isolate;
  std::thread process;
  std::shared_ptr<engine::Program> program;
  std::unique_ptr<engine::Context> context;
};

std::string good_answer() {
  engine::TurnReport report;
  report.outcome = Outcome::kOk;
  report.json = "42";
  return encode(report, Standing{});
}

TEST_CASE("hostile process: an honest answer is taken, host calls and logs on the way too") {
  Played played([](Channel& channel) {
    (void)channel.send(MessageType::kLog, encode_log(LogLevel::kInfo, "line"));
    (void)channel.send(MessageType::kCall, encode_call("host.f", "[1]"));
    Channel::Message message;
    REQUIRE(channel.receive(message) == Channel::Status::kOk);
    CHECK(decode_call_start(message.body)->text == "7");
    (void)channel.send(MessageType::kTurnEnded, good_answer());
    (void)channel.receive(message);
  });
  const engine::TurnReport report = played.start();
  CHECK(report.outcome == Outcome::kOk);
  CHECK(report.json == "42");
  CHECK(played.port.asked == std::vector<std::string>{"line", "host.f[1]"});
  CHECK_FALSE(played.isolate->lost());
}

TEST_CASE("hostile process: whatever breaks the protocol loses the process, never the host") {
  const std::vector<std::pair<const char*, Answer>> answers = {
      {"it ends", [](Channel&) {}},
      {"bytes that are no message",
       [](Channel& channel) {
         const std::string bytes(64, '\xee');
         (void)::send(channel.socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
       }},
      {"the wrong answer",
       [](Channel& channel) { (void)channel.send(MessageType::kLoaded, good_answer()); }},
      {"more than one answer",
       [](Channel& channel) {
         channel.queue(MessageType::kTurnEnded, good_answer());
         (void)channel.send(MessageType::kTurnEnded, good_answer());
       }},
      {"a question of the host's",
       [](Channel& channel) { (void)channel.send(MessageType::kStart, good_answer()); }},
      {"a body cut short",
       [](Channel& channel) { (void)channel.send(MessageType::kTurnEnded, "x"); }},
      {"a call that is no JSON",
       [](Channel& channel) { (void)channel.send(MessageType::kCall, encode_call("f", "[")); }},
      {"a timer for ever",
       [](Channel& channel) { (void)channel.send(MessageType::kTimer, encode_number(~0ull)); }},
      {"a result over the limit",
       [](Channel& channel) {
         engine::TurnReport report;
         report.outcome = Outcome::kOk;
         report.json = '"' + std::string(100, 'x') + '"';
         (void)channel.send(MessageType::kTurnEnded, encode(report, Standing{}));
       }},
      {"a large body in a region that is not there", [](Channel& channel) {
         const std::array<std::uint8_t, 16> header = {
             1, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(MessageType::kTurnEnded), 1};
         (void)::send(channel.socket(), header.data(), header.size(), MSG_NOSIGNAL);
       }}};
  for (const auto& each : answers) {
    const std::string what = each.first;
    INFO(what);
    Played played(each.second);
    const engine::TurnReport report = played.start();
    CHECK(report.outcome == Outcome::kSandboxLost);
    REQUIRE(report.error.has_value());
    CHECK_FALSE(report.error->message.empty());
    CHECK(played.isolate->lost());
    CHECK_FALSE(played.context->reusable());
    // And nothing is asked of it again.
    CHECK(played.start().outcome == Outcome::kSandboxLost);
  }
}

TEST_CASE("hostile process: a claim of memory is believed up to what the process may have") {
  Played played([](Channel& channel) {
    engine::TurnReport report;
    report.outcome = Outcome::kOk;
    report.json = "42";
    Standing standing;
    standing.memory.committed = Bytes{std::uint64_t{1} << 39};
    (void)channel.send(MessageType::kTurnEnded, encode(report, standing));
    Channel::Message message;
    (void)channel.receive(message);
  });
  CHECK(played.start().outcome == Outcome::kOk);
  CHECK(played.isolate->memory().committed < Bytes::mebibytes(1024));
}

TEST_CASE("hostile process: V8's end is told as memory") {
  Played played([](Channel& channel) { (void)channel.send(MessageType::kFatal, "heap"); });
  CHECK(played.start().outcome == Outcome::kSandboxLost);
  CHECK(played.isolate->exhausted());
}

TEST_CASE("hostile process: one that ends while nothing runs is noticed on entering") {
  Played played(
      [](Channel& channel) { (void)channel.send(MessageType::kTurnEnded, good_answer()); });
  CHECK(played.start().outcome == Outcome::kOk);
  played.process.join();
  played.process = std::thread([] {});
  played.isolate->enter();
  CHECK(played.isolate->lost());
}

}  // namespace
}  // namespace sublet::sandbox
