// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "sublet/adapters/event_queue.h"

namespace sublet::faults {

// How a process works until it is struck down.
struct Work {
  std::uint64_t process = 0;  // a number that no other one has
  bool publishes = true;      // false: it ends by itself when nothing is left to deliver
};

// Publishes and delivers over the queue, and reports in lines at kReportTo:
//   A <event id>                          it was acknowledged
//   S <tenant> <key> <number> <attempt>   the handler began
// Throws std::exception.
void work(std::shared_ptr<EventQueue> queue, const Work& work);

}  // namespace sublet::faults
