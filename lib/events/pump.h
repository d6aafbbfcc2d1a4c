// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "events/controls.h"
#include "events/members.h"
#include "events/ports.h"
#include "events/publisher.h"
#include "events/setup.h"

namespace sublet::events {

struct PumpOptions {
  // Deliveries under way at once, of all tenants. 1 to 100,000.
  std::uint32_t max_under_way = 256;
  // How long a claim lasts before it is extended, which happens at a third of it.
  std::chrono::milliseconds lease{30'000};
  // How often queues are looked at where nobody tells.
  std::chrono::milliseconds poll{1'000};
  // A process that is not a tenant's place takes what has been due for this long.
  std::chrono::milliseconds help_after{5'000};
};

// What the pump knows at one moment.
struct PumpFigures {
  std::uint32_t under_way = 0;
  std::uint64_t begun = 0;  // attempts
  std::uint64_t done = 0;
  std::uint64_t retried = 0;
  std::uint64_t dead = 0;
  std::uint64_t released = 0;
  std::uint64_t lost = 0;  // settlements that came too late
};

// Brings deliveries from the queue to extensions and settles them: whose turn it is (weighted fair
// share by CPU time used, with credit for who used little), claims with leases, attempts, retries,
// dead letters, batches, suspended extensions.
//
// Ownership: shared, since answers may come late.
// Thread safety: thread-safe.
class Pump : public std::enable_shared_from_this<Pump> {
 public:
  // `controls`, `members`, `runner` outlive it.
  static std::shared_ptr<Pump> create(const Setup& setup, const PumpOptions& options,
                                      const Controls& controls, const Members& members,
                                      Runner& runner);
  virtual ~Pump() = default;

  // Before start(): what makes deliveries of outbox rows.
  virtual void set_publisher(std::weak_ptr<Publisher> publisher) = 0;
  virtual void start() = 0;
  // There may be something in these queues; empty: anywhere. Also when controls, members or what is
  // installed have changed.
  virtual void kick(std::vector<EventQueueName> queues) noexcept = 0;
  // Claims nothing more; `done` when nothing is under way and all is settled.
  virtual void drain(std::function<void()> done) noexcept = 0;
  virtual void resume() noexcept = 0;
  // Claims nothing more, releases what was not begun. What is under way settles when its result
  // comes, as long as the queue is there.
  virtual void stop() noexcept = 0;

  virtual PumpFigures figures() const = 0;
};

}  // namespace sublet::events
