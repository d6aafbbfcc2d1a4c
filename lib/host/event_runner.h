// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "dispatch/dispatcher.h"
#include "events/ports.h"
#include "host/extension_registry.h"
#include "host/use_gate.h"

namespace sublet::host {

// Has extensions answer durable events.
//
// Ownership: borrows registry and dispatcher, until close().
// Thread safety: thread-safe.
class EventRunner final : public events::Runner {
 public:
  explicit EventRunner(const ExtensionRegistry& registry) : registry_(registry) {}

  // Once, before the first run().
  void open(dispatch::Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }

  // From here on nothing is begun. Waits for those who are inside.
  void close() { gate_.close(); }

  void run(events::Attempt attempt,
           std::function<void(events::AttemptResult)> done) noexcept override;

 private:
  using Done = std::function<void(events::AttemptResult)>;

  void begin(events::Attempt& attempt, const std::shared_ptr<Done>& done);

  const ExtensionRegistry& registry_;
  dispatch::Dispatcher* dispatcher_ = nullptr;
  UseGate gate_;
};

}  // namespace sublet::host
