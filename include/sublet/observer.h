// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sublet/events.h"
#include "sublet/export.h"
#include "sublet/extension.h"
#include "sublet/invocation.h"

namespace sublet {
inline namespace v1 {

// Why an isolate went away.
enum class IsolateEnd : std::uint8_t {
  kEvicted,    // idle, and its memory was needed
  kCondemned,  // a limit left it suspect; it was disposed and is never reused
  kAbandoned,  // its thread did not come back in time; what it holds stays until it does
  kReplaced,   // its tenant's policy changed, or nothing is installed any more
  kLost,       // its sandboxed process ended, or was ended because it did not obey
};

SUBLET_EXPORT std::string_view to_string(IsolateEnd end) noexcept;

// Told what happens, for metrics, logs and traces. Every method has an empty default.
//
// Ownership: borrowed by the host; must outlive the ExtensionHost.
// Thread safety: called from any of Sublet's threads, several at once; never under a lock.
// Blocking: must not block: it holds a worker or the watchdog.
// Errors: what it throws is caught and dropped.
class SUBLET_EXPORT Observer {
 public:
  virtual ~Observer();

  // Before the caller's completion, exactly once per accepted invocation.
  virtual void invocation_finished(const InvocationResult& result);
  // A limit was reached in dry-run mode, or a soft limit was reached.
  virtual void limit_reached(std::string_view tenant, Limit limit, Enforcement enforcement);
  virtual void extension_installed(const ExtensionInfo& extension);
  virtual void extension_uninstalled(const ExtensionInfo& extension);
  // `bytes` is what the isolate held: given back, or (kAbandoned) left behind.
  virtual void isolate_ended(std::string_view tenant, IsolateEnd end, Bytes bytes);
  // Isolation::kAutomatic moved the tenant to the sandboxed tier, for `reason`.
  virtual void tenant_quarantined(std::string_view tenant, std::string_view reason);
  // A write left the tenant with more than nine tenths of one of its quotas, or was refused for it:
  // `limit` is kKvKeys or kKvBytes. Told once, and again after use has fallen below eight tenths.
  virtual void quota_neared(std::string_view tenant, Limit limit, std::uint64_t used,
                            std::uint64_t quota);
  // The host asked an OAuth provider on behalf of an extension: for a token, with a code, to end a
  // grant. What the extension itself requested is in InvocationResult::requests.
  virtual void token_requested(std::string_view tenant, std::string_view extension,
                               const RequestRecord& record);
  // A circuit breaker of the request proxy opened, tries or closed again; in dry run too.
  virtual void breaker_changed(const BreakerChange& change);
  // A delivery of a durable event was settled for good, by this process. Completions of all
  // processes: ExtensionHost::delivery_records().
  virtual void delivery_settled(const DeliveryRecord& record);
  // An extension's deliveries failed so often that they are suspended, are tried, or go on;
  // BreakerChange::origin is empty.
  virtual void extension_suspended(std::string_view extension, const BreakerChange& change);
  // A control in dry run would have acted on these events. At most once a second for each.
  virtual void event_control_applied(const EventControl& control, const EventScope& on);
  // A fault of Sublet's own, or one that an adapter or completion threw.
  virtual void internal_error(std::string_view where, std::string_view what);
};

}  // namespace v1
}  // namespace sublet
