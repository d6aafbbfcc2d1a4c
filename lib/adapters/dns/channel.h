// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ares.h>
#include <uv.h>

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "adapters/event_loop/loop_thread.h"
#include "base/mutex.h"
#include "sublet/adapters/dns_name_resolver.h"

namespace sublet::adapters::dns {

// A name that is looked up, and who asked.
struct Lookup {
  std::string name;
  ResolveCallback done;

  // Calls back, once.
  void answer(Result<std::vector<std::string>> result) noexcept;
};

// c-ares on the loop's thread.
//
// Ownership: shared by the resolver and its thread.
// Thread safety: submit() is thread-safe, the rest is the thread's.
class Channel final : public LoopUser {
 public:
  explicit Channel(DnsNameResolverOptions options) : options_(std::move(options)) {}
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Before the thread: reads the system's settings.
  Result<void> open();
  // Takes it, or answers it. True: the thread is to be woken.
  bool submit(std::unique_ptr<Lookup> lookup) noexcept SUBLET_EXCLUDES(mutex_);

  void start(uv_loop_s* loop) noexcept override;
  void wake() noexcept override SUBLET_EXCLUDES(mutex_);
  void end() noexcept override SUBLET_EXCLUDES(mutex_);

 private:
  struct Watch;
  struct UnderWay {
    Channel* channel;
    std::unique_ptr<Lookup> lookup;
  };

  static void on_socket(void* self, ares_socket_t socket, int readable, int writable);
  static void on_answer(void* under_way, int status, int timeouts, ares_addrinfo* found);
  void watch(ares_socket_t socket, int events);
  void process(ares_socket_t readable, ares_socket_t writable);
  void look_up(std::unique_ptr<Lookup> lookup);
  void finish(std::unique_ptr<Lookup> lookup, Result<std::vector<std::string>> result)
      SUBLET_EXCLUDES(mutex_);
  void set_timer();

  const DnsNameResolverOptions options_;
  ares_channel channel_ = nullptr;
  uv_loop_t* loop_ = nullptr;
  uv_timer_t* timer_ = nullptr;
  std::map<ares_socket_t, Watch*> watches_;

  base::Mutex mutex_;
  std::list<std::unique_ptr<Lookup>> inbox_ SUBLET_GUARDED_BY(mutex_);
  std::size_t unanswered_ SUBLET_GUARDED_BY(mutex_) = 0;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::adapters::dns
