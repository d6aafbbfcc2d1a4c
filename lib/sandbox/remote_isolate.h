// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "sandbox/zygote_link.h"

namespace sublet::sandbox {

// An isolate in a process of its own, as seen from the host. The calling thread waits while tenant
// code runs there, as it would run it itself otherwise.
//
// terminate() asks the process to end the turn, and ends the process where that does not help. A
// process that is gone, or says what none of ours would say, is lost: nothing is asked of it again.
class RemoteIsolate final : public engine::Isolate, private engine::Terminator {
 public:
  RemoteIsolate(ZygoteLink::Child child, std::shared_ptr<ZygoteLink> link);

  // Waits until the process is confined. False: it never will be.
  bool wait_until_ready();

  // engine::Isolate
  void enter() override;
  void leave() override;
  void assign(const engine::IsolateOptions& options) override;
  std::unique_ptr<engine::Context> create_context(Realm realm) override;
  void run_idle_work() override { do_quietly(MessageType::kIdleWork); }
  // The tenant is quiet: unless something else is asked, the process stands still once it is left,
  // until somebody enters.
  void collect_garbage() override;
  engine::Terminator& terminator() override { return *this; }
  engine::MemoryReading memory() const override;
  void reset_peaks() override {}  // the process does, at each turn
  bool exhausted() const override { return exhausted_.load(std::memory_order_relaxed); }
  bool take_heap_limit_passed() override { return heap_passed_.exchange(false); }
  bool take_external_limit_passed() override { return external_passed_.exchange(false); }
  bool lost() const override { return lost_.load(std::memory_order_relaxed); }
  std::chrono::nanoseconds cpu_time_elsewhere() const noexcept override {
    return child_.process->cpu_time();
  }
  clockid_t clock_elsewhere() const noexcept override { return child_.process->cpu_clock(); }

  // For RemoteContext, by whoever has entered:
  // Names the next turn, which terminate() can end from here on until it is over.
  std::uint32_t begin_turn(std::uint64_t result_limit = 0);
  void end_turn() { turn_ = 0; }
  // What was answered is not looked at any more.
  void answer_done() { channel_.tidy(); }
  // Asks and waits for the answer of that type; serves what tenant code asks of `port` meanwhile.
  // Nullopt: the process is lost. The text is valid until the next call.
  std::optional<std::string_view> ask(MessageType question, std::string_view body,
                                      MessageType answer, engine::HostCallPort* port);
  void tell(MessageType type, std::string_view body);
  // What was answered makes no sense.
  void lose_trust() { lose("the sandboxed process broke its protocol"); }
  void take(const Standing& standing);
  const std::string& why_lost() const { return why_lost_; }

  struct Known {
    std::uint64_t number = 0;
    bool fresh = false;  // the process does not have it yet
  };
  Known number_of(const std::shared_ptr<const engine::Program>& program);

 private:
  void terminate() noexcept override;

  void do_quietly(MessageType question);
  bool serve(const Channel::Message& message, engine::HostCallPort* port);
  bool serve_call(const Channel::Message& message, engine::HostCallPort& port);
  void weigh();
  void lose(std::string reason);
  void lose_closed();

  const ZygoteLink::Child child_;
  const std::shared_ptr<ZygoteLink> link_;

  // Of the thread that has entered:
  Channel& channel_;
  std::uint32_t last_turn_ = 0;
  std::uint64_t last_context_ = 0;
  std::uint64_t last_program_ = 0;
  struct Sent {
    std::uint64_t number = 0;
    std::weak_ptr<const engine::Program> program;
  };
  std::map<const engine::Program*, Sent> programs_;
  std::string why_lost_;
  engine::IsolateOptions options_;
  bool calm_ = false;  // nothing was asked since the tenant was found quiet
  bool stands_still_ = false;
  std::chrono::steady_clock::time_point left_at_{};
  std::chrono::nanoseconds cpu_left_at_{0};
  std::chrono::steady_clock::time_point weighed_at_{};
  std::uint64_t weight_at_birth_ = 0;

  // Any thread:
  std::atomic<std::uint32_t> turn_{0};
  std::atomic<std::int64_t> terminated_at_{0};
  std::atomic<std::int64_t> terminated_cpu_{0};
  std::atomic<bool> lost_{false};
  std::atomic<bool> exhausted_{false};
  std::atomic<bool> heap_passed_{false};
  std::atomic<bool> external_passed_{false};
  std::atomic<std::uint64_t> heap_{0};
  std::atomic<std::uint64_t> external_memory_{0};
  std::atomic<std::uint64_t> committed_{0};  // as it says itself
  std::atomic<std::uint64_t> grown_{0};      // as the system says
  std::atomic<std::uint64_t> peak_heap_{0};
  std::atomic<std::uint64_t> peak_external_{0};
};

}  // namespace sublet::sandbox
