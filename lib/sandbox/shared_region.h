// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "base/unique_fd.h"

namespace sublet::sandbox {

// Memory that the host and one sandboxed process both see, for bodies too large for the socket's
// buffer. It cannot shrink (sealed), so the process cannot make the host's reading fault; what it
// holds can change at any time, so it is copied before it is looked at.
class SharedRegion {
 public:
  static constexpr std::size_t kSize = std::size_t{16} << 20;

  // The host's end; no memory is used before something is written. Invalid where none can be made:
  // everything then goes through the socket.
  static SharedRegion create();
  // The process's end, from the descriptor that it was given.
  static SharedRegion adopt(base::UniqueFd fd);

  SharedRegion() = default;
  SharedRegion(SharedRegion&& other) noexcept;
  SharedRegion& operator=(SharedRegion&& other) noexcept;
  ~SharedRegion();

  int fd() const noexcept { return fd_.get(); }
  void close_fd() { fd_ = base::UniqueFd(); }
  // Null where it could not be mapped.
  char* map() noexcept;
  // Gives all pages back, also those that only the other side wrote.
  void discard_all() noexcept;
  // Gives the pages back that the first `bytes` use.
  void discard(std::size_t bytes) noexcept;

 private:
  base::UniqueFd fd_;
  char* memory_ = nullptr;
};

}  // namespace sublet::sandbox
