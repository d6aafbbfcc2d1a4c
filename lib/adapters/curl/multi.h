// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>
#include <uv.h>

#include <functional>
#include <memory>
#include <vector>

#include "adapters/curl/settings.h"

namespace sublet::adapters::curl {

// libcurl's multi handle on an event loop: it watches the sockets that libcurl names, and the time.
//
// Ownership: the engine's; its handles are the loop's until they are closed.
// Thread safety: none; on the loop's thread.
class Multi {
 public:
  // `progress` is called whenever libcurl did something; transfers may have ended.
  Multi(uv_loop_t* loop, std::function<void()> progress);
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Makes the handle, or makes it anew, which closes all connections. No transfer may be there.
  bool open(const Settings& settings);
  bool add(CURL* easy);
  void remove(CURL* easy);
  // The next transfer that ended; null: none.
  CURL* next_done(CURLcode& result);
  // Does what is due.
  void drive();

 private:
  struct Watch;
  struct Close {
    void operator()(CURLM* multi) const noexcept { (void)curl_multi_cleanup(multi); }
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch);
  static int on_timer(CURLM* multi, long wait_ms, void* self);  // NOLINT: libcurl's
  bool watch(curl_socket_t socket, int what, Watch* watch);
  void ready(curl_socket_t socket, int what);

  uv_loop_t* loop_;
  std::function<void()> progress_;
  uv_timer_t* timer_;
  std::unique_ptr<CURLM, Close> multi_;
};

}  // namespace sublet::adapters::curl
