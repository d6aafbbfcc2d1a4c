// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "policy/fair_share.h"
#include "policy/resilience/circuit_breaker.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::events {

struct PumpTenant;

struct PumpExtension {
  std::string name;
  policy::CircuitBreaker breaker;
  std::uint32_t releases = 0;    // deliveries in a row that nothing ran of
  base::TimePoint held_until{};  // after one of them
};

struct PumpQueue {
  enum class Place : std::uint8_t { kIdle, kWaiting, kDue, kClaiming };

  EventQueueName name;
  PumpTenant* tenant = nullptr;
  PumpExtension* extension = nullptr;
  std::uint64_t serial = 0;
  Place place = Place::kIdle;
  base::TimePoint due = base::TimePoint::max();  // max(): nothing is known of it
  base::TimePoint hold{};                        // not looked at before
  base::TimePoint due_since{};                   // the first delivery, by the last page of ready()
  std::uint32_t kicks = 0;                       // since the last claim
  std::uint32_t guess = 2;                       // how many are worth claiming at once
  bool kicked = false;                           // while it is claimed from
  std::uint32_t uses = 0;                        // claims and attempts that name it
  std::uint64_t seen = 0;                        // by which round of ready()
  base::TimePoint used{};
};

struct PumpTenant {
  std::string name;
  policy::Share share;
  std::uint64_t serial = 0;
  std::uint32_t slots = 0;  // attempts under way, and claims that may become some
  bool ready = false;
  bool parked = false;  // has something due, but no room
  std::deque<PumpQueue*> due;
  std::map<std::string, std::unique_ptr<PumpExtension>> extensions;
  std::map<EventQueueName, std::unique_ptr<PumpQueue>> queues;
};

// The queues that this process looks after, when each is to be looked at, and whose turn it is:
// weighted fair share by CPU time used.
//
// Ownership: owns its tenants and queues; what sweep() takes away is in no use.
// Thread safety: none; the pump's strand.
class PumpTable {
 public:
  PumpQueue& queue(const EventQueueName& name);
  PumpQueue* find(const EventQueueName& name);

  // There is something at this time, or before if that is known.
  void set_due(PumpQueue& queue, base::TimePoint at);
  // Of a queue that was taken out: looked at again then.
  void hold(PumpQueue& queue, base::TimePoint until);
  // Of one that was taken out: nothing is there, as far as is known.
  void set_idle(PumpQueue& queue);
  // Its claim was answered. `next`: when it is worth another one; max(): nothing is known.
  void end_claim(PumpQueue& queue, base::TimePoint next);
  void drop_holds();
  void drop_holds(PumpTenant& tenant, const PumpExtension& extension);
  // One with an ordering key made way: the next may be in any of the extension's queues.
  void wake(PumpTenant& tenant, const std::string& extension, base::TimePoint at);

  void advance(base::TimePoint now);
  // When the next queue comes due; max(): none does.
  base::TimePoint next_at() const;

  // Who has used least, taken out; null: nobody waits.
  PumpTenant* pop_tenant(base::TimePoint now);
  // It has something due and no room until give_slots().
  void park(PumpTenant& tenant);
  // Ready again, where it has something due.
  void push(PumpTenant& tenant);
  // The next of its due queues, taken out; null: none.
  static PumpQueue* pop_queue(PumpTenant& tenant);
  static void push_queue(PumpQueue& queue);

  void take_slots(PumpTenant& tenant, std::uint32_t count);
  void give_slots(PumpTenant& tenant, std::uint32_t count);
  std::uint32_t slots() const noexcept { return slots_; }
  void charge(PumpTenant& tenant, base::Nanoseconds cpu);

  // Forgets what the round of ready() did not see and nobody has used for a while.
  void sweep(std::uint64_t round, base::TimePoint now);

 private:
  using Waiting = std::tuple<base::TimePoint, std::uint64_t, PumpQueue*>;
  using Ready = std::tuple<std::uint64_t, std::uint64_t, PumpTenant*>;

  static Waiting waiting_key(PumpQueue& queue);
  static Ready ready_key(PumpTenant& tenant);
  PumpTenant& tenant(const std::string& name);
  void place(PumpQueue& queue);
  void unplace(PumpQueue& queue);
  void to_due(PumpQueue& queue);

  std::map<std::string, std::unique_ptr<PumpTenant>> tenants_;
  std::set<Waiting> waiting_;
  std::set<Ready> ready_;
  std::set<PumpTenant*> parked_;
  policy::FairShare share_;
  std::uint64_t last_serial_ = 0;
  std::uint32_t slots_ = 0;
};

}  // namespace sublet::events
