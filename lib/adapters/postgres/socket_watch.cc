// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/socket_watch.h"

#include <fcntl.h>
#include <uv.h>

#include <memory>
#include <utility>

#include "base/unique_fd.h"

namespace sublet::adapters::postgres {

struct SocketWatch::Handle {
  uv_poll_t poll{};
  base::UniqueFd socket;
  std::function<void(bool readable)> ready;
  int events = 0;
};

bool SocketWatch::start(uv_loop_s* loop, int socket, std::function<void(bool readable)> ready) {
  stop();
  auto handle = std::make_unique<Handle>();
  handle->socket = base::UniqueFd(::fcntl(socket, F_DUPFD_CLOEXEC, 3));
  handle->ready = std::move(ready);
  if (!handle->socket) return false;
  if (uv_poll_init(loop, &handle->poll, handle->socket.get()) != 0) return false;
  handle->poll.data = handle.get();
  handle_ = handle.release();
  return true;
}

void SocketWatch::wait_for(bool readable, bool writable) {
  if (handle_ == nullptr) return;
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  if (events == handle_->events) return;
  handle_->events = events;
  const auto on_ready = [](uv_poll_t* poll, int, int happened) {
    // A copy: what it calls may stop this watch.
    const auto ready = static_cast<Handle*>(poll->data)->ready;
    ready((happened & UV_READABLE) != 0);
  };
  (void)uv_poll_start(&handle_->poll, events, on_ready);
}

void SocketWatch::stop() noexcept {
  if (handle_ == nullptr) return;
  const auto on_closed = [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); };
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), on_closed);
  handle_ = nullptr;
}

}  // namespace sublet::adapters::postgres
