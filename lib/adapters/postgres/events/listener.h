// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/engine.h"
#include "adapters/postgres/events/context.h"
#include "adapters/postgres/socket_watch.h"

namespace sublet::adapters::postgres {

// A session that listens to what other processes say was enqueued, and tells the watcher. Where it
// is lost another one is made, and the watcher is told to look at all: what was said meanwhile is
// lost. Nothing here waits.
//
// Ownership: the engine's; owns the session.
// Thread safety: none; on the loop's thread.
class Listener final : public LoopGuest {
 public:
  Listener(EventContext& context, ConnectSettings settings);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start(uv_loop_s* loop) noexcept override;
  void end() noexcept override;

 private:
  struct Timer;
  enum class State { kClosed, kConnecting, kAsking, kListening };

  void on_time();
  void on_socket() noexcept;
  void connect();
  void step_connecting();
  void step_session();
  bool ask();
  void take_notifications();
  void lose();
  std::uint64_t pause();
  void set_timer(std::uint64_t after);
  bool watch(bool writable);

  EventContext& context_;
  const ConnectSettings settings_;
  uv_loop_s* loop_ = nullptr;
  Timer* timer_ = nullptr;  // the loop's, which frees it after end()
  SocketWatch watch_;
  State state_ = State::kClosed;
  pg_conn* session_ = nullptr;
  bool asked_well_ = false;
  std::uint32_t failures_ = 0;
  std::minstd_rand random_;
};

}  // namespace sublet::adapters::postgres
