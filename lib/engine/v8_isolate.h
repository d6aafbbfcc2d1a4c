// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <atomic>
#include <memory>
#include <optional>

#include "base/byte_budget.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/v8_buffer_allocator.h"
#include "engine/v8_icu_memory.h"
#include "engine/v8_page_allocator.h"
#include "engine/v8_snapshot.h"

namespace sublet::engine {

class V8Context;
class V8Isolate;

// V8 aborts the process when its fatal callbacks return, C++ exceptions cannot pass its frames, and
// a longjmp would be undefined. So the thread stays here for good; its owner has replaced it.
[[noreturn]] void park_after_fatal_error(const char* what) noexcept;

// One V8 isolate with its limits. See Isolate for who may call what when.
class V8Isolate final : public Isolate,
                        private Terminator,
                        private PageWatcher,
                        private NativeWatcher {
 public:
  V8Isolate(const IsolateOptions& options, const Snapshot& snapshot, FatalHandler on_fatal);
  ~V8Isolate() override;
  V8Isolate(const V8Isolate&) = delete;
  V8Isolate& operator=(const V8Isolate&) = delete;

  void enter() override;
  void leave() override;
  void assign(const IsolateOptions& options) override;
  std::unique_ptr<Context> create_context(Realm realm) override;
  void run_idle_work() override;
  void collect_garbage() override;
  Terminator& terminator() override { return *this; }
  MemoryReading memory() const override;
  void reset_peaks() override;
  void give_up() noexcept override;
  bool exhausted() const override { return exhausted_.load(std::memory_order_relaxed); }
  bool take_heap_limit_passed() override { return heap_passed_.exchange(false); }
  bool take_external_limit_passed() override {
    const bool refused = external_.take_refused();
    return external_passed_.exchange(false) || refused;
  }

  // For V8Context, entered:
  v8::Isolate* v8() const { return isolate_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const IsolateOptions& options() const { return options_; }
  // The context whose turn runs, for the native functions.
  V8Context* current = nullptr;
  // Forgets a termination that was meant for an earlier turn.
  void begin_turn();
  // Whether the present turn was asked to end.
  bool termination_requested() const { return terminating_.load(std::memory_order_acquire); }
  // Whether an array buffer of that size can be had. Stays true until the isolate allocates.
  bool has_external_room(std::size_t bytes) const;
  // `started` is when the turn began; the clock is read just once a turn.
  void end_turn(base::TimePoint started);

  static V8Isolate* from(v8::Isolate* isolate) {
    return static_cast<V8Isolate*>(isolate->GetData(0));
  }

 private:
  void terminate() noexcept override;

  std::uint64_t heap_committed() const;
  void sample();
  void note(v8::HeapStatistics& statistics);
  static std::size_t on_near_heap_limit(void* data, std::size_t current, std::size_t initial);
  static void on_gc(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags, void* data);
  static void on_gc_end(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags,
                        void* data);
  void on_large_piece() noexcept override;
  void on_mark_passed() noexcept override;
  void on_native_mark_passed() noexcept override;
  void ask_for_check();
  static void check_heap(v8::Isolate* isolate, void* data);
  void set_page_limits();
  void watch_memory();
  std::uint64_t external_used() const;
  void check_external();
  void discard_pages() noexcept;
  void pass_heap_limit();

  // Constant after construction:
  const Snapshot& snapshot_;
  const FatalHandler on_fatal_;
  base::ByteBudget external_;
  const std::shared_ptr<V8BufferAllocator> allocator_;
  // What V8 commits while it makes the isolate is in part for all of them, so it is kept apart.
  PageAccount birth_pages_;
  PageAccount pages_;
  NativeAccount native_;
  v8::Isolate* isolate_ = nullptr;

  // Of the thread that has entered:
  IsolateOptions options_;
  std::optional<v8::Locker> locker_;
  std::optional<PageOwner> page_owner_;
  std::optional<NativeOwner> native_owner_;
  V8Isolate* outer_ = nullptr;
  bool granted_ = false;   // V8's limit was raised for unwinding
  bool checking_ = false;  // check_heap() was asked for

  // Any thread:
  std::atomic<bool> terminating_{false};
  std::atomic<bool> exhausted_{false};
  std::atomic<bool> heap_passed_{false};
  std::atomic<bool> external_passed_{false};
  std::atomic<std::uint64_t> heap_used_{0};
  std::atomic<std::uint64_t> heap_peak_{0};
  std::atomic<std::uint64_t> heap_physical_{0};
  std::atomic<std::uint64_t> malloced_{0};  // by V8, besides its heap

  friend void park_after_fatal_error(const char* what) noexcept;
};

}  // namespace sublet::engine
