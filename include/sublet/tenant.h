// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// What one tenant may use. Set it before or after installing; a change holds from the next
// invocation on.
struct TenantPolicy {
  // The limits of an invocation; a manifest may ask for less, never for more.
  Limits limits;

  // The tenant's share of CPU time when several tenants wait. 1 to 1000.
  std::uint32_t weight = 100;
  // Invocations in flight at once, awaiting ones included. The next one queues. 1 to 10,000.
  std::uint32_t max_concurrency = 32;
  // Invocations that may wait; one more is kLoadShed. 0 to 1,000,000.
  std::uint32_t max_queue = 1024;
  // How long one may wait where InvokeOptions gives no deadline: kExpired. 1 ms to 24 h.
  std::chrono::milliseconds queue_time{10'000};

  // Host functions that the tenant's code may call, by name; "*" means every one. Deny by default.
  std::vector<std::string> host_functions;

  // eval, Function and their like. Off by default.
  bool allow_eval = false;
  // WebAssembly. Off by default: its memories are outside every limit on some V8 versions.
  bool allow_wasm = false;

  // False: every invocation ends as kDisabled without entering an isolate.
  bool enabled = true;
};

// Checks every field against the range in its comment; the message names field and range.
SUBLET_EXPORT Result<void> validate(const TenantPolicy& policy);

}  // namespace v1
}  // namespace sublet
