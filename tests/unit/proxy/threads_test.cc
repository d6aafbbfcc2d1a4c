// SPDX-License-Identifier: Apache-2.0
// Several threads start, cancel and answer: for the sanitizers, and for what is left at the end.
#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

// Thread safety: thread-safe.
class HoldingTransport final : public HttpTransport {
 public:
  Id send(HttpRequest, HttpCallback done) noexcept override {
    base::MutexLock lock(mutex_);
    waiting_.emplace(++last_, std::move(done));
    return last_;
  }
  void cancel(Id id) noexcept override {
    if (const HttpCallback done = take(id)) done(failed(HttpFailure::kCanceled));
  }
  bool answer_first(HttpResponse with) {
    const HttpCallback done = take(0);
    if (done) done(std::move(with));
    return done != nullptr;
  }

 private:
  HttpCallback take(Id id) {
    base::MutexLock lock(mutex_);
    const auto found = id == 0 ? waiting_.begin() : waiting_.find(id);
    if (found == waiting_.end()) return nullptr;
    HttpCallback done = std::move(found->second);
    waiting_.erase(found);
    return done;
  }

  base::Mutex mutex_;
  std::map<Id, HttpCallback> waiting_ SUBLET_GUARDED_BY(mutex_);
  Id last_ SUBLET_GUARDED_BY(mutex_) = 0;
};

// Thread safety: thread-safe.
class SteadyResolver final : public NameResolver {
 public:
  void resolve(std::string, ResolveCallback done) noexcept override {
    done(std::vector<std::string>{"93.184.216.34"});
  }
};

constexpr int kRequests = 400;
constexpr int kStarters = 2;

TEST_CASE_FIXTURE(ProxyFixture,
                  "started, canceled, answered and timed out at once by several threads") {
  const auto holding = std::make_shared<HoldingTransport>();
  setup.transport = [&] { return holding; };
  setup.resolver = [] { return std::make_shared<SteadyResolver>(); };
  access.policy.rate = access.policy.extension_rate =
      access.policy.origin_rate = {100'000, std::chrono::seconds(1), 100'000};
  access.policy.max_under_way = access.policy.max_under_way_per_origin = 10'000;
  access.policy.breaker.minimum_calls = 1'000'000;
  setup.shared_caps = {100'000, 100'000, 100};
  setup.retry_budget.floor = 1000;
  freeze();
  proxy();
  std::array<std::atomic<int>, kStarters * kRequests> answered{};
  std::atomic<proxy::RequestProxy::Id> newest{0};
  std::atomic<int> starting{kStarters};
  std::vector<std::thread> threads;
  for (int number = 0; number < kStarters; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < kRequests; ++i) {
        proxy::RequestCall made = call(plan());
        made.options.collapse = i % 3 == 0;
        made.cache = i % 2 == 0 ? proxy::CacheMode::kDefault : proxy::CacheMode::kNoStore;
        made.options.retry = {3, true, {503}, true};
        std::atomic<int>& count = answered[static_cast<std::size_t>(number * kRequests + i)];
        newest = proxy().start(frozen, std::move(made),
                               [&count](const proxy::RequestAnswer&) { ++count; });
      }
      --starting;
    });
  }
  threads.emplace_back([&] {
    for (proxy::RequestProxy::Id id = 0; starting > 0; id = newest) proxy().cancel(id);
  });
  threads.emplace_back([&] {
    bool busy = true;
    for (int i = 0; busy || starting > 0; ++i) {
      busy = holding->answer_first(response(i % 4 == 0 ? 503 : 200, "x",
                                            {{"Cache-Control", "max-age=0"}, {"ETag", "\"a\""}}));
      if (i % 8 == 0) timers.advance(1ms);
    }
  });
  for (std::thread& thread : threads) thread.join();
  // What is left waits to be retried.
  for (int i = 0; i < 1000 && this->proxy().figures().requests > 0; ++i) {
    while (holding->answer_first(response(200))) {
    }
    timers.advance(100ms);
  }
  CHECK(this->proxy().figures().requests == 0);
  CHECK(this->proxy().figures().under_way == 0);
  CHECK(this->proxy().figures().flights == 0);
  CHECK(timers.waiting() == 0);
  for (const std::atomic<int>& count : answered) REQUIRE(count == 1);
}

}  // namespace
}  // namespace sublet::test
