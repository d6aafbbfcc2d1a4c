// SPDX-License-Identifier: Apache-2.0
#include "testing/calls.h"

#include <exception>
#include <optional>
#include <thread>

namespace sublet::testing::conformance {
namespace {

// Somewhere in 2026.
constexpr std::int64_t kStart = 1'780'000'000'123;

}  // namespace

Calls::Calls(std::chrono::milliseconds patience, Progress progress)
    : patience_(patience),
      progress_(std::move(progress)),
      time_(std::make_shared<std::atomic<std::int64_t>>(kStart)) {}

std::function<Calls::Time()> Calls::clock() const {
  return [time = time_] { return Time(std::chrono::milliseconds(time->load())); };
}

void Calls::expect_answered() {
  std::vector<std::shared_ptr<CallRecord>> calls;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& call : calls) {
    if (!call->wait(patience_)) {
      fail(call->name() + ": expected an answer when what it was asked of ends, found none");
    }
  }
  for (const auto& call : calls) {
    expect_equal(call->name() + ": the number of answers", call->answers(), std::uint64_t{1});
  }
}

void Calls::give_up(const std::string& call) const {
  fail(call + ": expected an answer within " + std::to_string(patience_.count()) +
       " ms, found none");
}

void Calls::expect_names(const Error& error, std::string_view field) {
  if (error.code != ErrorCode::kInvalidArgument) {
    fail("expected kInvalidArgument about " + std::string(field) + ", found " + show(error));
  }
  if (error.message.find(field) == std::string::npos) {
    fail("expected a message that names " + std::string(field) + ", found " + show(error));
  }
}

void Calls::in_parallel(int threads, const std::function<void(int)>& body) {
  std::vector<std::optional<Failure>> failures(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&body, i, &failure = failures[static_cast<std::size_t>(i)]] {
      try {
        body(i);
      } catch (const Failure& thrown) {
        failure = thrown;
      } catch (const std::exception& thrown) {
        failure = Failure{thrown.what()};
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  for (std::optional<Failure>& failure : failures) {
    if (failure.has_value()) throw *std::move(failure);
  }
}

}  // namespace sublet::testing::conformance
