// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/events.h"
#include "sublet/export.h"
#include "sublet/limits.h"
#include "sublet/request.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// Where a tenant's code runs.
enum class Isolation : std::uint8_t {
  kAutomatic,  // in this process, until an invocation comes close to taking it down: sandboxed then
  kInProcess,  // an isolate in this process, always
  kSandboxed,  // an isolate in a process of its own, with no files, no network and few system calls
};

SUBLET_EXPORT std::string_view to_string(Isolation isolation) noexcept;

// What one tenant may keep and do in key-value storage, all its extensions together. Each can be in
// dry run (Limits::dry_run: kKvRate, kKvKeys, kKvBytes).
struct KeyValueQuota {
  // Entries read or written, as Limits::kv_operations counts them. One more rejects and, unless
  // caught, ends the invocation as kThrottled.
  Rate rate{300, std::chrono::minutes(1), 300};
  // Entries, and the bytes of their keys and values. A write that passes one of them is refused.
  std::uint64_t keys = 100'000;
  Bytes bytes = Bytes::mebibytes(100);
};

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

  KeyValueQuota kv;

  // What its extensions may request of other services: nothing by default.
  RequestPolicy requests;

  // Durable events: ExtensionHost::publish() and all that follows.
  EventPolicy events;

  // False: every invocation ends as kDisabled without entering an isolate.
  bool enabled = true;

  // A manifest that asks for "sandboxed" has its way with every policy; one that asks for
  // "in_process" has not with kSandboxed. Where the helper executable is missing, a sandboxed
  // tenant's invocations end as kDisabled.
  Isolation isolation = Isolation::kAutomatic;
};

// How a tenant stands.
struct TenantStatus {
  // Whether its next invocation runs in a sandboxed process.
  bool sandboxed = false;
  // Moved there by Isolation::kAutomatic; ExtensionHost::lift_quarantine() moves it back.
  bool quarantined = false;
  std::string quarantine_reason;
  // Isolates of this process that its code never gave back.
  std::uint32_t abandoned = 0;
};

// Checks every field against the range in its comment; the message names field and range.
SUBLET_EXPORT Result<void> validate(const TenantPolicy& policy);

}  // namespace v1
}  // namespace sublet
