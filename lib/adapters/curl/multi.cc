// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/multi.h"

#include <new>
#include <utility>

namespace sublet::adapters::curl {

struct Multi::Watch {
  uv_poll_t poll{};
  Multi* multi = nullptr;
  curl_socket_t socket = -1;
};

Multi::Multi(uv_loop_t* loop, std::function<void()> progress)
    : loop_(loop), progress_(std::move(progress)), timer_(new uv_timer_t) {
  (void)uv_timer_init(loop_, timer_);
  timer_->data = this;
}

Multi::~Multi() {
  multi_.reset();
  const auto on_closed = [](uv_handle_t* closed) { delete reinterpret_cast<uv_timer_t*>(closed); };
  uv_close(reinterpret_cast<uv_handle_t*>(timer_), on_closed);
}

bool Multi::open(const Settings& settings) {
  multi_.reset(curl_multi_init());
  if (!multi_) return false;
  const auto set = [this](CURLMoption option, auto value) {
    return curl_multi_setopt(multi_.get(), option, value) == CURLM_OK;
  };
  const CurlHttpTransportOptions& options = settings.options;
  using Long = long;  // NOLINT: libcurl's
  return set(CURLMOPT_SOCKETFUNCTION, &Multi::on_socket) && set(CURLMOPT_SOCKETDATA, this) &&
         set(CURLMOPT_TIMERFUNCTION, &Multi::on_timer) && set(CURLMOPT_TIMERDATA, this) &&
         set(CURLMOPT_MAX_TOTAL_CONNECTIONS, Long{options.max_connections}) &&
         set(CURLMOPT_MAXCONNECTS, Long{options.max_connections}) &&
         set(CURLMOPT_MAX_HOST_CONNECTIONS, Long{options.max_connections_per_host});
}

bool Multi::add(CURL* easy) {
  return multi_ && curl_multi_add_handle(multi_.get(), easy) == CURLM_OK;
}

void Multi::remove(CURL* easy) { (void)curl_multi_remove_handle(multi_.get(), easy); }

CURL* Multi::next_done(CURLcode& result) {
  int left = 0;
  while (const CURLMsg* message = multi_ ? curl_multi_info_read(multi_.get(), &left) : nullptr) {
    if (message->msg != CURLMSG_DONE) continue;
    result = message->data.result;
    return message->easy_handle;
  }
  return nullptr;
}

void Multi::drive() { ready(CURL_SOCKET_TIMEOUT, 0); }

void Multi::ready(curl_socket_t socket, int what) {
  int running = 0;
  if (multi_) (void)curl_multi_socket_action(multi_.get(), socket, what, &running);
  progress_();
}

int Multi::on_timer(CURLM*, long wait_ms, void* self) {  // NOLINT: libcurl's
  auto* multi = static_cast<Multi*>(self);
  if (wait_ms < 0) return uv_timer_stop(multi->timer_);
  const auto on_time = [](uv_timer_t* timer) { static_cast<Multi*>(timer->data)->drive(); };
  // Callbacks of the host may have taken a while.
  uv_update_time(multi->loop_);
  return uv_timer_start(multi->timer_, on_time, static_cast<std::uint64_t>(wait_ms), 0);
}

int Multi::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* watch) {
  return static_cast<Multi*>(self)->watch(socket, what, static_cast<Watch*>(watch)) ? 0 : -1;
}

bool Multi::watch(curl_socket_t socket, int what, Watch* watch) {
  if (what == CURL_POLL_REMOVE) {
    if (watch == nullptr) return true;
    const auto on_closed = [](uv_handle_t* closed) { delete static_cast<Watch*>(closed->data); };
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll), on_closed);
    (void)curl_multi_assign(multi_.get(), socket, nullptr);
    return true;
  }
  if (watch == nullptr) {
    std::unique_ptr<Watch> made(new (std::nothrow) Watch{.multi = this, .socket = socket});
    if (!made || uv_poll_init(loop_, &made->poll, socket) != 0) return false;
    watch = made.release();
    watch->poll.data = watch;
    (void)curl_multi_assign(multi_.get(), socket, watch);
  }
  const auto on_ready = [](uv_poll_t* poll, int status, int happened) {
    const Watch& ready = *static_cast<Watch*>(poll->data);
    int what_happened = status < 0 ? CURL_CSELECT_ERR : 0;
    if ((happened & UV_READABLE) != 0) what_happened |= CURL_CSELECT_IN;
    if ((happened & UV_WRITABLE) != 0) what_happened |= CURL_CSELECT_OUT;
    ready.multi->ready(ready.socket, what_happened);
  };
  const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                     ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  return uv_poll_start(&watch->poll, events, on_ready) == 0;
}

}  // namespace sublet::adapters::curl
