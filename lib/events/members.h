// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/setup.h"

namespace sublet::events {

struct MemberOptions {
  // How often a process says that it lives, and after how long without it is taken for gone.
  std::chrono::milliseconds heartbeat{1'000};
  std::chrono::milliseconds gone_after{5'000};
  // On how many processes a tenant's events run while all are well.
  std::uint32_t places = 2;
};

// The processes that share a queue, told by heartbeats among its records, and which of them a
// tenant's events are placed on: rendezvous hashing (Thaler and Ravishankar, IEEE/ACM Transactions
// on Networking, 1998), so that a change of members moves only what it must.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe.
class Members {
 public:
  static std::shared_ptr<Members> create(const Setup& setup, const MemberOptions& options);
  virtual ~Members() = default;

  // `changed` is called when members came or went.
  virtual void start(std::function<void()> changed) = 0;
  // Says goodbye, so that others need not wait for its absence.
  virtual void leave(std::function<void()> done) noexcept = 0;
  virtual void stop() noexcept = 0;

  // Whether this process is one of the tenant's places; true where it knows of no others.
  virtual bool is_place_of(std::string_view tenant) const = 0;
  // Live ones, this one included, sorted.
  virtual std::vector<std::string> all() const = 0;
};

}  // namespace sublet::events
