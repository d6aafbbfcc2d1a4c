// SPDX-License-Identifier: Apache-2.0
// Several threads in each of two processes, and a provider with a thread of its own.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "oauth_bed.h"

namespace sublet::proxy {
namespace {

// Answers on its own thread, one request after the other.
class ProviderThread {
 public:
  explicit ProviderThread(FakeProvider& provider)
      : provider_(provider), thread_([this] { run(); }) {}
  ~ProviderThread() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    asked_.notify_one();
    thread_.join();
  }

  std::uint64_t send(RequestCall call, AnswerCallback done) {
    {
      std::lock_guard lock(mutex_);
      waiting_.emplace_back(std::move(call), std::move(done));
    }
    asked_.notify_one();
    return 1;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      asked_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto [call, done] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      provider_.send(std::move(call), std::move(done));
      lock.lock();
    }
  }

  FakeProvider& provider_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<std::pair<RequestCall, AnswerCallback>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

constexpr int kThreads = 4;
constexpr int kRounds = 25;

// Gets a token, says that it was refused, and so on; counts what was no token.
class Worker {
 public:
  Worker(TokenSource& tokens, std::atomic<int>& done, std::atomic<int>& failed)
      : tokens_(tokens), done_(done), failed_(failed) {}

  void next(const std::string& refused) {
    if (round_++ == kRounds) {
      ++done_;
      return;
    }
    tokens_.renew("crm", "", refused, [this](const Tokened& tokened) {
      const auto* token = std::get_if<AccessToken>(&tokened);
      if (token == nullptr) ++failed_;
      next(token == nullptr ? "" : token->value);
    });
  }

 private:
  TokenSource& tokens_;
  std::atomic<int>& done_;
  std::atomic<int>& failed_;
  int round_ = 0;
};

}  // namespace

TEST_CASE("oauth: threads of two processes never use a refresh token twice") {
  World world;
  std::atomic<int> done{0}, failed{0};
  std::atomic<std::uint8_t> random{0};
  // So long that no lease ends while a thread is not let run.
  auto access = std::make_shared<RequestAccess>();
  access->limits.request_time = std::chrono::minutes(10);
  std::vector<std::unique_ptr<Worker>> workers;
  Process first(world);
  REQUIRE(first.authorize() == "authorized crm ");
  std::unique_ptr<ProviderThread> provider = std::make_unique<ProviderThread>(world.provider);
  std::vector<std::shared_ptr<OAuth>> processes;
  std::vector<std::shared_ptr<TokenSource>> sources;
  for (int i = 0; i < 2; ++i) {
    OAuthSetup setup = world.setup();
    setup.send = [&](std::shared_ptr<const RequestAccess>, RequestCall call, AnswerCallback take) {
      return provider->send(std::move(call), std::move(take));
    };
    setup.random = [&](std::span<std::uint8_t> bytes) {
      for (std::uint8_t& byte : bytes) byte = ++random;
      return true;
    };
    setup.fault = nullptr;
    processes.push_back(OAuth::create(std::move(setup)));
    OAuthClient client = first.client;
    client.access = access;
    sources.push_back(processes.back()->tokens_for(client));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    Worker& worker = *workers.emplace_back(
        std::make_unique<Worker>(*sources[static_cast<std::size_t>(i) % 2], done, failed));
    threads.emplace_back([&worker] { worker.next(""); });
  }
  std::mutex mutex;
  std::condition_variable never;
  for (int tick = 0; tick < 50'000 && done < kThreads; ++tick) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(1));
    world.timers.advance(std::chrono::milliseconds(10));
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(done == kThreads);
  CHECK(failed == 0);
  for (const auto& process : processes) process->stop();
  provider.reset();
  CHECK(world.provider.requests.size() >= kRounds);
  CHECK(first.renew("").starts_with("access-"));
}

}  // namespace sublet::proxy
