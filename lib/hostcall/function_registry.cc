// SPDX-License-Identifier: Apache-2.0
#include "hostcall/function_registry.h"

#include <functional>
#include <utility>

#include "policy/names.h"

namespace sublet::hostcall {

struct FunctionRegistry::Node {
  HostFunction function;
  const Node* next;
};

FunctionRegistry::~FunctionRegistry() {
  for (const auto& chain : chains_) {
    for (const Node* node = chain.load(std::memory_order_acquire); node != nullptr;) {
      delete std::exchange(node, node->next);
    }
  }
}

Result<void> FunctionRegistry::add(std::string name, SyncHostFunction function) {
  return add(HostFunction{std::move(name), std::move(function), nullptr});
}

Result<void> FunctionRegistry::add_async(std::string name, AsyncHostFunction function) {
  return add(HostFunction{std::move(name), nullptr, std::move(function)});
}

Result<void> FunctionRegistry::add(HostFunction function) {
  if (auto checked = policy::check_host_function_name("host function", function.name); !checked) {
    return checked;
  }
  if (!function.sync && !function.async) {
    return Error{ErrorCode::kInvalidArgument, "host function " + function.name + " is empty"};
  }
  base::MutexLock lock(writing_);
  if (find(function.name) != nullptr) {
    return Error{ErrorCode::kAlreadyExists,
                 "host function " + function.name + " is registered already"};
  }
  auto& chain = chains_[std::hash<std::string_view>{}(function.name) % kChains];
  chain.store(new Node{std::move(function), chain.load(std::memory_order_relaxed)},
              std::memory_order_release);
  return {};
}

const HostFunction* FunctionRegistry::find(std::string_view name) const noexcept {
  const auto& chain = chains_[std::hash<std::string_view>{}(name) % kChains];
  for (const Node* node = chain.load(std::memory_order_acquire); node != nullptr;
       node = node->next) {
    if (node->function.name == name) return &node->function;
  }
  return nullptr;
}

}  // namespace sublet::hostcall
