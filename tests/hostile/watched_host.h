// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "hostile/host_side.h"
#include "hostile/memory.h"
#include "hostile/messages.h"

namespace sublet::hostile {

// The host in a process of its own, watched: whether it lives, whether it answers, and what memory
// it and its helpers take.
//
// Ownership: owns the process; the destructor ends it.
// Thread safety: single-owner.
// Blocking: ask() until the answer, or `patience_ms`.
// Errors: the host's death is data; throws std::system_error where no process can be started.
class WatchedHost {
 public:
  WatchedHost(const HostSettings& settings, int patience_ms);
  ~WatchedHost();
  WatchedHost(const WatchedHost&) = delete;
  WatchedHost& operator=(const WatchedHost&) = delete;

  struct Answer {
    bool alive = false;
    // What became of it, where it is not alive: "ended by signal 6".
    std::string death;
    Message message;
    ResidentMemory before, peak, after;
  };

  // Sends a request and watches until the answer is there. A host that does not answer in time is
  // ended and counts as dead.
  Answer ask(const Message& request);
  // Asks the host to end in good order. Empty if it did.
  std::string end();

 private:
  void start(const HostSettings& settings);
  // Gives freed memory a moment to be given back.
  ResidentMemory settled_memory(const ResidentMemory& before);
  ResidentMemory memory() const;
  std::string reap();

  int patience_ms_;
  pid_t process_ = -1;
  int socket_ = -1;
  std::unique_ptr<Messages> messages_;
};

}  // namespace sublet::hostile
