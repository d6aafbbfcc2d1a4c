// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "sublet/host_function.h"
#include "sublet/result.h"

namespace sublet::hostcall {

// One function of the host; exactly one of the two is set.
struct HostFunction {
  std::string name;
  SyncHostFunction sync;
  AsyncHostFunction async;
};

// The host's functions by name. Functions are only ever added, so what find() returns stays valid
// as long as the registry. Thread-safe; find() takes no lock.
class FunctionRegistry {
 public:
  FunctionRegistry() = default;
  ~FunctionRegistry();
  FunctionRegistry(const FunctionRegistry&) = delete;
  FunctionRegistry& operator=(const FunctionRegistry&) = delete;

  // kAlreadyExists; kInvalidArgument for a wrong name or an empty function.
  Result<void> add(std::string name, SyncHostFunction function);
  Result<void> add_async(std::string name, AsyncHostFunction function);

  // Null where there is none.
  const HostFunction* find(std::string_view name) const noexcept;

 private:
  struct Node;
  static constexpr std::size_t kChains = 64;

  Result<void> add(HostFunction function) SUBLET_EXCLUDES(writing_);

  base::Mutex writing_;
  std::array<std::atomic<const Node*>, kChains> chains_{};
};

}  // namespace sublet::hostcall
