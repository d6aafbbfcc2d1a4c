// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/curl/exchange.h"
#include "adapters/curl/multi.h"
#include "adapters/curl/settings.h"
#include "adapters/event_loop/loop_thread.h"
#include "base/mutex.h"

namespace sublet::adapters::curl {

// All exchanges of a transport, and libcurl, on the loop's thread.
//
// Ownership: shared by the transport and its thread.
// Thread safety: submit() and cancel() are thread-safe, the rest is the thread's.
class Engine final : public LoopUser {
 public:
  explicit Engine(Settings settings) : settings_(std::move(settings)) {}

  // Takes it, or answers it. True: the thread is to be woken.
  bool submit(std::unique_ptr<Exchange> exchange) noexcept SUBLET_EXCLUDES(mutex_);
  // Remembers it, without memory of its own. True: the thread is to be woken.
  bool cancel(HttpTransport::Id id) noexcept SUBLET_EXCLUDES(mutex_);

  void start(uv_loop_s* loop) noexcept override;
  void wake() noexcept override SUBLET_EXCLUDES(mutex_);
  void end() noexcept override SUBLET_EXCLUDES(mutex_);

 private:
  // Exchanges in the order in which they are due. A time may be too early, never too late.
  using Due = std::set<std::pair<Time, Exchange*>>;

  void begin(std::unique_ptr<Exchange> exchange);
  void list(Exchange& exchange);
  void unlist(Exchange& exchange);
  // Answers those that libcurl is done with, and what they brought.
  void progress() noexcept;
  void on_time() noexcept;
  void end_overdue();
  void end_canceled() SUBLET_EXCLUDES(mutex_);
  void close_idle();
  Time idle_ends() const noexcept;
  void set_timer();
  Easy an_easy();
  // Takes it off the thread's lists.
  std::unique_ptr<Exchange> take(Exchange& exchange);
  void end_one(Exchange& exchange, HttpFailure failure, const char* message);
  void answer(std::unique_ptr<Exchange> exchange) noexcept SUBLET_EXCLUDES(mutex_);

  const Settings settings_;
  uv_loop_t* loop_ = nullptr;
  uv_timer_t* timer_ = nullptr;
  Time timer_at_ = kNever;
  std::optional<Multi> multi_;
  std::vector<Easy> idle_easies_;
  std::unordered_map<Exchange*, std::unique_ptr<Exchange>> under_way_;
  Due due_;
  bool has_connections_ = false;  // or had
  Time idle_since_ = kNever;      // the last request ended
  bool ending_ = false;

  base::Mutex mutex_;
  std::list<std::unique_ptr<Exchange>> inbox_ SUBLET_GUARDED_BY(mutex_);
  // Every exchange that has no answer so far, and whether it was canceled.
  std::unordered_map<HttpTransport::Id, bool> unanswered_ SUBLET_GUARDED_BY(mutex_);
  bool any_canceled_ SUBLET_GUARDED_BY(mutex_) = false;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::adapters::curl
