// SPDX-License-Identifier: Apache-2.0
#include "proxy/long_work.h"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sublet::proxy {
namespace {

TEST_CASE("long work: it is done elsewhere, and tenants take turns") {
  LongWork work;
  std::promise<void> open, done;
  std::shared_future<void> opened = open.get_future().share();
  std::mutex mutex;
  std::vector<std::string> order;
  std::thread::id thread;
  REQUIRE(work.post("first", [&, opened] {
    thread = std::this_thread::get_id();
    opened.wait();
  }));
  const auto note = [&](const std::string& what) {
    return [&, what] {
      const std::lock_guard lock(mutex);
      order.push_back(what);
      if (order.size() == 5) done.set_value();
    };
  };
  for (const char* what : {"a1", "a2", "a3"}) REQUIRE(work.post("a", note(what)));
  for (const char* what : {"b1", "b2"}) REQUIRE(work.post("b", note(what)));
  open.set_value();
  done.get_future().wait();
  CHECK(thread != std::this_thread::get_id());
  CHECK(order == std::vector<std::string>{"a1", "b1", "a2", "b2", "a3"});
}

TEST_CASE("long work: what waits at the end is dropped, and may be the last owner") {
  const auto held = std::make_shared<int>(7);
  {
    LongWork work;
    std::promise<void> begun;
    REQUIRE(work.post("a", [&] { begun.set_value(); }));
    begun.get_future().wait();
    for (int i = 0; i < 100; ++i) REQUIRE(work.post("a", [held] {}));
  }
  CHECK(held.use_count() == 1);

  std::promise<void> ended;
  auto own = std::make_shared<std::unique_ptr<LongWork>>(std::make_unique<LongWork>());
  LongWork& inside = **own;
  std::promise<void> go;
  auto gone = go.get_future().share();
  REQUIRE(inside.post("a", [own, gone, &ended] {
    gone.wait();
    own->reset();
    ended.set_value();
  }));
  own.reset();
  go.set_value();
  ended.get_future().wait();
}

}  // namespace
}  // namespace sublet::proxy
