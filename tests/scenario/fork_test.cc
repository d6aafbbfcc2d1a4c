// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "support.h"

// A process of its own: the first case needs one in which V8 has not started. Children report by
// their exit code and never run the tests of the parent.
namespace sublet::scenario {
namespace {

constexpr int kGood = 42;

// Runs `body` in a forked child; its answer is the child's exit code. -1: it did not end in time.
template <typename Body>
int run_in_child(Body body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    std::this_thread::yield();
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return -1;
}

int create_and_invoke() {
  auto created = ExtensionHost::create(TestHost::two_workers());
  if (!created) return 1;
  auto host = std::move(created).value();
  const auto bundle = Bundle::from_memory(bundle_files("export const run = (e) => e.data + 1;"));
  if (!bundle || !host->install("acme", *bundle)) return 2;
  const auto result = host->invoke({.tenant = "acme", .event = "run", .payload = "41"});
  return result && result->ok() && result->json == "42" ? kGood : 3;
}

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("fork: a host is created in worker processes that were forked before V8 started") {
    for (int i = 0; i < 3; ++i) CHECK(run_in_child(create_and_invoke) == kGood);
  }

  TEST_CASE(
      "fork: linking the library and making bundles starts no V8, so a fork after that is fine") {
    const Bundle bundle = make_bundle("export const run = () => 1;");
    CHECK(bundle.files().size() == 2);
    CHECK(run_in_child(create_and_invoke) == kGood);
  }

  TEST_CASE("fork: after V8 started, a child gets errors instead of a hang") {
    TestHost host;
    host.install("export const run = () => 1;");
    CHECK_ANSWER(host.run(), "1");

    CHECK(run_in_child([] {
            const auto created = ExtensionHost::create();
            if (created) return 1;
            return created.error().code == ErrorCode::kFailedPrecondition &&
                           created.error().message.find("fork") != std::string::npos
                       ? kGood
                       : 2;
          }) == kGood);
    CHECK(run_in_child([&] {
            const auto result = host.host->invoke({.tenant = "acme", .event = "run"});
            if (result) return 1;
            return result.error().code == ErrorCode::kFailedPrecondition ? kGood : 2;
          }) == kGood);
    CHECK(run_in_child([&] {
            const auto result = host.host->invoke_async({.tenant = "acme", .event = "run"},
                                                        [](InvocationResult) {});
            return !result && result.error().code == ErrorCode::kFailedPrecondition ? kGood : 1;
          }) == kGood);
    CHECK(run_in_child([&] {
            const auto bundle = Bundle::from_memory(bundle_files("export const run = () => 2;"));
            const auto result = host.host->install("globex", *bundle);
            return !result && result.error().code == ErrorCode::kFailedPrecondition ? kGood : 1;
          }) == kGood);
    CHECK(run_in_child([&] {
            host.host->shutdown();
            host.host.reset();
            return kGood;
          }) == kGood);

    CHECK_ANSWER(host.run(), "1");
  }
}

}  // namespace sublet::scenario
