// SPDX-License-Identifier: Apache-2.0
// Calls of one invocation over a store that answers from several threads, in any order.
#include <doctest/doctest.h>
#include <sublet/adapters/memory_key_value_store.h>
#include <sublet/key_value_data.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "hostcall/key_value/calls.h"
#include "support/forwarding_store.h"

namespace sublet::hostcall {
namespace {

// Calls wait in a line that threads serve.
class ThreadedStore final : public ForwardingStore {
 public:
  explicit ThreadedStore(int threads) : ForwardingStore(std::make_shared<MemoryKeyValueStore>()) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  }
  ~ThreadedStore() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    for (std::thread& each : threads_) each.join();
  }

  void get(KeyValueGet request,
           KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept override {
    later([this, request = std::move(request), done = std::move(done)] {
      inner_->get(request, done);
    });
  }
  void list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept override {
    later([this, request = std::move(request), done = std::move(done)] {
      inner_->list(request, done);
    });
  }
  void commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept override {
    later([this, request = std::move(request), done = std::move(done)] {
      inner_->commit(request, done);
    });
  }

 private:
  void later(std::function<void()> call) {
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(std::move(call));
    }
    changed_.notify_one();
  }
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return over_ || !calls_.empty(); });
      if (calls_.empty()) return;
      const auto call = std::move(calls_.front());
      calls_.pop_front();
      lock.unlock();
      call();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> calls_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

// Counts answers, and waits for them.
class Answers {
 public:
  AnswerReply reply() {
    ++wanted_;
    return [this](const CheckedAnswer& answer) {
      const std::lock_guard lock(mutex_);
      if (!answer.ok) failed_ = answer.text;
      ++come_;
      changed_.notify_all();
    };
  }
  std::string wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [this] { return come_ == wanted_; });
    return come_ == wanted_ ? failed_ : "not all were answered";
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int wanted_ = 0;
  int come_ = 0;
  std::string failed_;
};

struct Fixture {
  explicit Fixture(bool transactional) {
    auto access = std::make_shared<KeyValueAccess>();
    access->store = store;
    access->meter = std::make_shared<KeyValueMeter>();
    access->tenant = "acme";
    access->own_space = own_space("ext");
    access->transactional = transactional;
    calls = std::make_shared<KeyValueCalls>(access, base::system_clock());
  }

  // The store's threads cannot wait for themselves: whoever holds it there has to let go first.
  ~Fixture() {
    calls.reset();
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (store.use_count() > 1 && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    CHECK(store.use_count() == 1);
  }

  void start(const std::string& name, const std::string& arguments) {
    Result<KeyValueCall> call = read_key_value_call(name, arguments, "");
    REQUIRE(call.has_value());
    calls->start(*std::move(call), answers.reply());
  }
  std::string stored(const std::string& key) {
    const auto entry = KeyValueData(store).get("acme", {own_space("ext"), key});
    REQUIRE((entry.has_value() && entry->has_value()));
    return (*entry)->value.data;
  }

  std::shared_ptr<KeyValueStore> store = std::make_shared<ThreadedStore>(3);
  Answers answers;
  std::shared_ptr<KeyValueCalls> calls;
};

std::string append(const std::string& key, int value) {
  return R"([")" + key + R"(",[{"op":"append","value":)" + std::to_string(value) + "}]]";
}

constexpr int kRounds = 100;
constexpr int kCalls = 40;

}  // namespace

TEST_CASE("kv calls: what is not awaited takes effect in order, whoever answers") {
  std::string expected = "[";
  for (int i = 0; i < kCalls; ++i) expected += (i > 0 ? "," : "") + std::to_string(i);
  expected += "]";
  for (int round = 0; round < kRounds; ++round) {
    Fixture fixture(false);
    for (int i = 0; i < kCalls; ++i) {
      for (const char* key : {"a", "b", "c"}) fixture.start("kv.update", append(key, i));
      if (i % 8 == 0) fixture.start("kv.entries", R"([["a","b"]])");
      if (i % 16 == 0) fixture.start("kv.list", "[{}]");
    }
    REQUIRE(fixture.answers.wait() == "");
    for (const char* key : {"a", "b", "c"}) REQUIRE(fixture.stored(key) == expected);
  }
}

TEST_CASE("kv calls: a commit has all that was written, and the last of each") {
  for (int round = 0; round < kRounds; ++round) {
    Fixture fixture(true);
    for (int i = 0; i < kCalls; ++i) {
      const std::string number = std::to_string(i);
      // A key that is new each time: its update reads first, and the rest waits for it.
      fixture.start("kv.update", append("k" + number, i));
      fixture.start("kv.set", R"(["x",)" + number + "]");
      fixture.start("kv.update", append("all", i));
    }
    fixture.calls->commit(fixture.answers.reply());
    REQUIRE(fixture.answers.wait() == "");
    REQUIRE(fixture.stored("x") == std::to_string(kCalls - 1));
    REQUIRE(fixture.stored("all").ends_with("," + std::to_string(kCalls - 1) + "]"));
    for (int i = 0; i < kCalls; ++i) {
      REQUIRE(fixture.stored("k" + std::to_string(i)) == "[" + std::to_string(i) + "]");
    }
  }
}

TEST_CASE("kv calls: closed in the midst of it") {
  for (int round = 0; round < kRounds; ++round) {
    Fixture fixture(round % 2 == 0);
    for (int i = 0; i < kCalls; ++i) fixture.start("kv.update", append("a", i));
    fixture.calls->close();
  }  // what is under way comes back to nobody
}

}  // namespace sublet::hostcall
