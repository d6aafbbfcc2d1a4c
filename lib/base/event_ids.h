// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace sublet::base {

// Ids for events that the host gives none: unique for all practical purposes across processes.
//
// Thread safety: thread-safe.
class EventIds {
 public:
  EventIds();
  std::string next();

 private:
  std::string prefix_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace sublet::base
