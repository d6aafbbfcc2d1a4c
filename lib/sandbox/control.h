// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/unique_fd.h"

namespace sublet::sandbox {

// What host and zygote tell each other: one packet each, descriptors beside it.
struct ControlMessage {
  enum class Kind : std::uint32_t {
    kHello,   // zygote: ready to fork; `value` is its protocol's version
    kFork,    // host: fork a process that serves the socket (first descriptor), with the region
    kForked,  // zygote: the pidfd beside it, or `value` is the errno
    kExited,  // zygote: `value` is the wait status, `cpu` what the process used
  };
  Kind kind = Kind::kHello;
  std::uint32_t number = 0;  // of the process, chosen by the host
  std::int64_t value = 0;
  std::int64_t cpu = 0;  // kExited: nanoseconds used
};

// The descriptor that the helper executable finds its end at.
inline constexpr int kControlFd = 3;

// False where the other side is gone, or (`wait` false) does not take it now.
bool send_control(int socket, const ControlMessage& message, std::span<const int> descriptors,
                  bool wait = true);

enum class ControlRead : std::uint8_t { kMessage, kNothing, kClosed };
// kNothing: none came within `milliseconds` (-1: waits).
ControlRead receive_control(int socket, int milliseconds, ControlMessage& message,
                            std::vector<base::UniqueFd>& descriptors);

}  // namespace sublet::sandbox
