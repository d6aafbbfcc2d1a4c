// SPDX-License-Identifier: Apache-2.0
#include "hostcall/function_registry.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

namespace sublet::hostcall {
namespace {

Result<std::string> answer_one(const HostCall&) { return std::string("1"); }

TEST_CASE("function registry: what was added is found, as what it is") {
  FunctionRegistry registry;
  REQUIRE(registry.add("crm.find", answer_one));
  REQUIRE(registry.add_async("crm.update", [](const HostCall&, HostCallAnswer) {}));
  REQUIRE(registry.find("crm.find") != nullptr);
  CHECK(registry.find("crm.find")->sync);
  CHECK_FALSE(registry.find("crm.find")->async);
  CHECK(registry.find("crm.update")->async);
  CHECK(registry.find("crm") == nullptr);
  CHECK(registry.find("") == nullptr);
}

TEST_CASE("function registry: a taken name, a wrong one and an empty function are refused") {
  FunctionRegistry registry;
  REQUIRE(registry.add("a", answer_one));
  const auto taken = registry.add_async("a", [](const HostCall&, HostCallAnswer) {});
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::kAlreadyExists);
  CHECK(taken.error().message.find("host function a") != std::string::npos);
  CHECK(registry.find("a")->sync);

  const auto wrong = registry.add("a b", answer_one);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::kInvalidArgument);
  const auto empty = registry.add("b", SyncHostFunction());
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == ErrorCode::kInvalidArgument);
  CHECK(registry.find("b") == nullptr);
}

TEST_CASE("function registry: readers see whole functions while others are added") {
  constexpr int kFunctions = 500;
  FunctionRegistry registry;
  std::atomic<int> wrong{0};
  std::thread reader([&] {
    for (int seen = 0; seen < kFunctions;) {
      const HostFunction* function = registry.find("f" + std::to_string(seen));
      if (function == nullptr) continue;
      if (function->name != "f" + std::to_string(seen)) wrong.fetch_add(1);
      if (*function->sync(HostCall{}) != std::to_string(seen)) wrong.fetch_add(1);
      ++seen;
    }
  });
  for (int i = 0; i < kFunctions; ++i) {
    const auto added = registry.add("f" + std::to_string(i), [i](const HostCall&) {
      return Result<std::string>(std::to_string(i));
    });
    if (!added) wrong.fetch_add(1);
  }
  reader.join();
  CHECK(wrong.load() == 0);
}

}  // namespace
}  // namespace sublet::hostcall
