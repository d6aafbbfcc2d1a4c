// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::faults {

// A queue that is put to the test: how to reach it, and what goes wrong.
class Place {
 public:
  virtual ~Place() = default;
  // In either process: opens what is there. Throws std::exception.
  virtual std::shared_ptr<EventQueue> open() = 0;
  // What makes the same one in another process.
  virtual std::string name() const = 0;
  // How many processes work at once.
  virtual std::uint64_t processes() const { return 1; }
  // The fault: some of these processes are gone afterwards; answers which.
  virtual std::vector<pid_t> strike(const std::vector<pid_t>& processes, std::uint64_t round);
};

// `name`: of one that was made in another process; empty: makes one. `still`: whether processes are
// made to stand still for longer than their leases. Throws std::exception.
std::unique_ptr<Place> make_place(const std::string& engine, const std::string& name, bool still);

}  // namespace sublet::faults
