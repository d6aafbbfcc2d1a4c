// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

extern "C" {
struct uv_loop_s;
}

namespace sublet::adapters::postgres {

// Tells when a socket can be read or written. It watches a duplicate, since libpq may close its
// own, and open another of the same number, whenever it is called.
//
// Thread safety: none; on the loop's thread.
class SocketWatch {
 public:
  SocketWatch() = default;
  ~SocketWatch() { stop(); }
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  // Watches this one from now on, and tells whether there is something to read. False: the system
  // has nothing left for it.
  bool start(uv_loop_s* loop, int socket, std::function<void(bool readable)> ready);
  void wait_for(bool readable, bool writable);
  void stop() noexcept;

 private:
  struct Handle;
  Handle* handle_ = nullptr;  // the loop's, which frees it after stop()
};

}  // namespace sublet::adapters::postgres
