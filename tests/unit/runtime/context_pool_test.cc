// SPDX-License-Identifier: Apache-2.0
#include "runtime/context_pool.h"

#include <doctest/doctest.h>

#include <memory>

using namespace sublet;
using runtime::ContextPool;
using runtime::LoadedContext;

namespace {

class BareContext final : public engine::Context {
 public:
  explicit BareContext(int& alive, bool reusable = false) : alive_(alive), reusable_(reusable) {
    ++alive_;
  }
  ~BareContext() override { --alive_; }
  engine::LoadReport load(std::shared_ptr<const engine::Program>, engine::HostCallPort&) override {
    return {};
  }
  engine::TurnReport start(engine::ActivationId, const engine::CallInput&,
                           engine::HostCallPort&) override {
    return {};
  }
  engine::TurnReport resume(engine::ActivationId,
                            std::span<const engine::HostCallCompletion>) override {
    return {};
  }
  void warn(engine::ActivationId) override {}
  void drop(engine::ActivationId) override {}
  bool reusable() const override { return reusable_; }

 private:
  int& alive_;
  const bool reusable_;
};

std::shared_ptr<const runtime::ActiveExtension> make_extension(State state = State::kInvocation) {
  auto program = std::make_shared<engine::Program>();
  program->state = state;
  auto extension = std::make_shared<runtime::ActiveExtension>();
  extension->name = "extension";
  extension->program = std::move(program);
  return extension;
}

}  // namespace

TEST_CASE("context pool: demand raises what is kept ready, a quiet time lowers it to one") {
  const auto extension = make_extension();
  ContextPool pool(extension, 4);
  int alive = 0;
  CHECK(pool.wants_one());
  CHECK(pool.take() == nullptr);  // two would have served
  CHECK(pool.take() == nullptr);  // four
  CHECK(pool.take() == nullptr);  // no more than the most
  while (pool.wants_one()) pool.add(std::make_unique<BareContext>(alive), false);
  CHECK(pool.ready() == 4);
  pool.calm_down();
  CHECK(pool.ready() == 1);
  CHECK(alive == 1);
  CHECK_FALSE(pool.wants_one());
}

TEST_CASE("context pool: a context serves one invocation and is gone") {
  const auto extension = make_extension();
  ContextPool pool(extension, 2);
  int alive = 0;
  pool.add(std::make_unique<BareContext>(alive), false);
  LoadedContext* taken = pool.take();
  REQUIRE(taken != nullptr);
  CHECK(pool.take() == nullptr);
  pool.give_back(taken);
  CHECK(alive == 0);
  CHECK(pool.empty());
}

TEST_CASE("context pool: a kept context serves several at once until it is doomed") {
  const auto extension = make_extension(State::kTenant);
  ContextPool pool(extension, 2);
  int alive = 0;
  pool.add(std::make_unique<BareContext>(alive, true), false);
  LoadedContext* first = pool.take();
  LoadedContext* second = pool.take();
  REQUIRE(first != nullptr);
  CHECK(first == second);
  CHECK(pool.ready() == 0);
  first->doomed = true;
  CHECK(pool.take() == nullptr);
  CHECK(pool.wants_one());
  pool.give_back(first);
  CHECK(alive == 1);
  pool.give_back(second);
  CHECK(alive == 0);
}

TEST_CASE("context pool: nothing is prepared for an extension that is gone or does not load") {
  auto extension = make_extension();
  ContextPool pool(extension, 2);
  int alive = 0;
  pool.preparing_failed();
  CHECK_FALSE(pool.wants_one());
  pool.add(std::make_unique<BareContext>(alive), false);
  CHECK(pool.take() != nullptr);
  CHECK(pool.wants_one());
  extension.reset();
  CHECK_FALSE(pool.wants_one());
}

TEST_CASE("context pool: none is kept where the host wants none") {
  const auto extension = make_extension();
  ContextPool pool(extension, 0);
  int alive = 0;
  CHECK(pool.take() == nullptr);
  CHECK_FALSE(pool.wants_one());
  LoadedContext* taken = pool.add(std::make_unique<BareContext>(alive), true);
  pool.give_back(taken);
  CHECK(alive == 0);
}
