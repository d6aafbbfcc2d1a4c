// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_isolate.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/v8_compat.h"
#include "engine/v8_context.h"
#include "engine/v8_native.h"
#include "engine/v8_platform.h"

namespace sublet::engine {
namespace {

// The isolate that this thread has entered: V8's fatal callbacks say only what, not where.
thread_local V8Isolate* entered_here = nullptr;

// V8 gives up the process where one allocation passes its own heap limit. So V8 is told a limit
// with room beyond the tenant's, and the tenant's is held here: what survives a full collection
// counts.
constexpr std::size_t kRoom = std::size_t{256} << 20;

// Three half-spaces of 16 MiB, what V8 uses where nobody sets a limit.
constexpr std::size_t kLargestYoungGeneration = std::size_t{48} << 20;

// Code, V8's own bookkeeping and what lies half empty between live objects.
constexpr std::size_t kBesidesHeap = std::size_t{64} << 20;

// Pages that an isolate within its limits gets by with.
std::uint64_t usual_pages(const IsolateOptions& options) {
  return options.heap.count + kLargestYoungGeneration + kBesidesHeap;
}

// The most that an isolate may commit. V8 allocates past its own limit rather than give up, in one
// piece of up to a gigabyte; its limit, raised for unwinding, stays below this.
std::uint64_t page_cap(const IsolateOptions& options) { return usual_pages(options) + 2 * kRoom; }

// A reading of the heap's size costs 0.3 microseconds, so a busy thread takes one now and then;
// collections, which all growth leads to, take theirs in any case.
constexpr std::chrono::microseconds kSamplingInterval{200};
thread_local base::TimePoint sampled_here{};

constexpr int kIdleTasks = 8;

void raise_to(std::atomic<std::uint64_t>& peak, std::uint64_t value) {
  std::uint64_t seen = peak.load(std::memory_order_relaxed);
  while (seen < value && !peak.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

void park_after_fatal_error(const char* what) noexcept {
  if (V8Isolate* isolate = entered_here) {
    isolate->exhausted_ = true;
    // A copy: the text may lie in the pages that go.
    std::array<char, 256> reason{};
    std::strncpy(reason.data(), what == nullptr ? "out of memory" : what, reason.size() - 1);
    isolate->discard_pages();
    if (isolate->on_fatal_) isolate->on_fatal_(reason.data());
  }
  for (;;) ::pause();
}

namespace {

void on_out_of_memory(SUBLET_V8_OOM_PARAMETERS) { park_after_fatal_error(location); }

void on_fatal_error(const char* location, const char* message) {
  park_after_fatal_error(message == nullptr ? location : message);
}

}  // namespace

V8Isolate::V8Isolate(const IsolateOptions& options, const Snapshot& snapshot, FatalHandler on_fatal)
    : snapshot_(snapshot),
      on_fatal_(std::move(on_fatal)),
      external_(options.external_memory.count),
      allocator_(std::make_shared<V8BufferAllocator>(external_)),
      birth_pages_(*this),
      pages_(*this),
      native_(*this),
      options_(options) {
  const PageOwner pages(&birth_pages_);
  const NativeOwner native(native_);
  external_.set_enforcing(!options.external_dry_run);
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = allocator_.get();
  params.external_references = native_references();
  params.allow_atomics_wait = false;
  params.constraints.ConfigureDefaultsFromHeapSize(0, options.heap.count);
  params.constraints.set_max_old_generation_size_in_bytes(options.heap.count + kRoom);
  // V8's default for a heap of this size collects large events dozens of times where a bare V8 does
  // not collect them once.
  params.constraints.set_max_young_generation_size_in_bytes(
      std::max(params.constraints.max_young_generation_size_in_bytes(),
               std::min<std::size_t>(options.heap.count / 4, kLargestYoungGeneration)));
  compat::set_snapshot(params, &snapshot_.blob);
  isolate_ = v8::Isolate::Allocate();
  isolate_->SetData(0, this);
  v8::Isolate::Initialize(isolate_, params);
  isolate_->SetOOMErrorHandler(on_out_of_memory);
  isolate_->SetFatalErrorHandler(on_fatal_error);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate_->AddNearHeapLimitCallback(on_near_heap_limit, this);
  isolate_->AddGCPrologueCallback(on_gc, this);
  isolate_->AddGCEpilogueCallback(on_gc_end, this);
  install_isolate_callbacks(isolate_);
  set_page_limits();
}

V8Isolate::~V8Isolate() {
  {
    native_.watch(UINT64_MAX);
    const PageOwner pages(&birth_pages_);  // which nothing watches
    const NativeOwner native(native_);
    if (v8::Platform* const platform = own_platform()) {
      v8::platform::NotifyIsolateShutdown(platform, isolate_);
    }
    isolate_->Dispose();
  }
  // What V8 keeps for all isolates stays with nobody.
  PageLedger* const ledger = page_ledger();
  if (ledger == nullptr) return;
  if (birth_pages_.committed() != 0) ledger->forget(birth_pages_);
  if (pages_.committed() != 0) ledger->forget(pages_);
}

void V8Isolate::enter() {
  locker_.emplace(isolate_);
  isolate_->Enter();
  // A Locker resets the limit to V8's default below the present frame.
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  isolate_->SetStackLimit(here - options_.stack.count);
  outer_ = entered_here;
  entered_here = this;
  page_owner_.emplace(&pages_);
  native_owner_.emplace(native_);
}

void V8Isolate::leave() {
  native_owner_.reset();
  page_owner_.reset();
  entered_here = outer_;
  isolate_->Exit();
  locker_.reset();
}

void V8Isolate::assign(const IsolateOptions& options) {
  options_ = options;
  set_page_limits();
  external_.set_limit(options.external_memory.count);
  external_.set_enforcing(!options.external_dry_run);
}

// What is under way may still come to its end, in little memory; where it needs more, V8 gives up and
// its thread parks instead of using a processor.
void V8Isolate::give_up() noexcept {
  constexpr std::uint64_t kLittle = std::uint64_t{64} << 20;
  pages_.set_limits(pages_.committed() + kLittle, kLittle);
  external_.set_limit(external_.used());
  external_.set_enforcing(true);
}

// The thread never goes on, so nothing reads the isolate's heap any more.
void V8Isolate::discard_pages() noexcept {
#if SUBLET_V8 < 1200
  // Later versions keep freed pages for whichever isolate needs one next. Compiled WebAssembly is
  // shared by the isolates that have the same module.
  PageLedger* const ledger = page_ledger();
  if (ledger != nullptr && !options_.allow_wasm) ledger->discard(pages_);
#endif
}

std::unique_ptr<Context> V8Isolate::create_context(Realm realm) {
  return V8Context::create(*this, realm);
}

void V8Isolate::run_idle_work() {
  // Only V8's own platform can be pumped; a host's runs its tasks itself.
  v8::Platform* const platform = own_platform();
  if (platform == nullptr) return;
  v8::HandleScope handles(isolate_);
  for (int i = 0; i < kIdleTasks; ++i) {
    if (!v8::platform::PumpMessageLoop(platform, isolate_)) break;
  }
  sample();
}

void V8Isolate::collect_garbage() {
  isolate_->LowMemoryNotification();
  sample();
}

MemoryReading V8Isolate::memory() const {
  MemoryReading reading;
  reading.heap = Bytes{heap_used_.load(std::memory_order_relaxed)};
  reading.external = Bytes{external_used()};
  reading.committed = Bytes{heap_committed() + reading.external.count};
  reading.peak_heap = Bytes{heap_peak_.load(std::memory_order_relaxed)};
  reading.peak_external = Bytes{external_.peak() + native_.peak()};
  return reading;
}

std::uint64_t V8Isolate::heap_committed() const {
  // Counted page by page where V8 asks here for them; otherwise as of the last sample.
  const std::uint64_t pages = page_ledger() != nullptr
                                  ? pages_.committed()
                                  : heap_physical_.load(std::memory_order_relaxed);
  return pages + malloced_.load(std::memory_order_relaxed);
}

void V8Isolate::reset_peaks() {
  heap_peak_.store(heap_used_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  external_.take_peak();
  native_.reset_peak();
}

void V8Isolate::begin_turn() {
  if (terminating_.exchange(false, std::memory_order_acq_rel)) isolate_->CancelTerminateExecution();
}

void V8Isolate::terminate() noexcept {
  terminating_.store(true, std::memory_order_release);
  isolate_->TerminateExecution();
}

void V8Isolate::end_turn(base::TimePoint started) {
  if (started - sampled_here < kSamplingInterval) return;
  sampled_here = started;
  sample();
}

void V8Isolate::sample() {
  v8::HeapStatistics statistics;
  isolate_->GetHeapStatistics(&statistics);
  note(statistics);
}

void V8Isolate::note(v8::HeapStatistics& statistics) {
  heap_used_.store(statistics.used_heap_size(), std::memory_order_relaxed);
  heap_physical_.store(statistics.total_physical_size(), std::memory_order_relaxed);
  malloced_.store(statistics.malloced_memory(), std::memory_order_relaxed);
  raise_to(heap_peak_, statistics.used_heap_size());
}

void V8Isolate::on_gc(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* data) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  static_cast<V8Isolate*>(data)->note(statistics);
}

void V8Isolate::on_gc_end(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags,
                          void* data) {
  on_gc(isolate, type, flags, data);
  auto* self = static_cast<V8Isolate*>(data);
  if (self->heap_used_.load(std::memory_order_relaxed) <= self->options_.heap.count) return;
  if (type == v8::kGCTypeMarkSweepCompact) return self->pass_heap_limit();
  // Much of it may be garbage that only a full collection finds; not possible inside this one.
  self->ask_for_check();
}

// A single object larger than the whole heap may be: no collection has to tell.
void V8Isolate::on_large_piece() noexcept { pass_heap_limit(); }

// Growth that no collection has seen yet.
void V8Isolate::on_mark_passed() noexcept { ask_for_check(); }

void V8Isolate::ask_for_check() {
  if (exhausted() || checking_) return;
  checking_ = true;
  isolate_->RequestInterrupt(check_heap, this);
}

void V8Isolate::check_heap(v8::Isolate* isolate, void* data) {
  auto* self = static_cast<V8Isolate*>(data);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
  self->checking_ = false;
  self->check_external();
  self->watch_memory();
}

void V8Isolate::set_page_limits() {
  pages_.set_limits(page_cap(options_), options_.heap.count);
  watch_memory();
}

void V8Isolate::watch_memory() {
  constexpr std::uint64_t kStep = std::uint64_t{16} << 20;
  pages_.watch(std::max(usual_pages(options_), pages_.committed() + kStep));
  // Half of the limit, because garbage holds ICU's memory until it is collected.
  native_.watch(std::max(options_.external_memory.count / 2, native_.used() + kStep / 4));
}

std::uint64_t V8Isolate::external_used() const { return external_.used() + native_.used(); }

// ICU is not refused memory: some of its functions, and of V8's around them, crash without it.
void V8Isolate::on_native_mark_passed() noexcept {
  if (external_used() > 2 * options_.external_memory.count) check_external();
  ask_for_check();
}

void V8Isolate::check_external() {
  if (external_used() <= options_.external_memory.count) return;
  external_passed_ = true;
  if (options_.external_dry_run) return;
  exhausted_ = true;
  terminate();
}

void V8Isolate::pass_heap_limit() {
  heap_passed_ = true;
  if (options_.heap_dry_run) return;
  // A built-in function may go on for long before it sees the termination: not at any price.
  if (!exhausted_.exchange(true)) {
    pages_.set_limits(std::min(page_cap(options_), pages_.committed() + kRoom),
                      options_.heap.count);
  }
  terminate();
}

bool V8Isolate::has_external_room(std::size_t bytes) const {
  constexpr std::size_t kSlack = 4096;
  return options_.external_dry_run || external_used() + bytes + kSlack <= external_.limit();
}

// V8's own limit: no full collection came in time, as in one long built-in function.
std::size_t V8Isolate::on_near_heap_limit(void* data, std::size_t current, std::size_t) {
  auto* self = static_cast<V8Isolate*>(data);
  // An isolate that was made before its tenant was known may have a smaller heap than the tenant's.
  const std::size_t wanted = self->options_.heap.count + kRoom;
  if (current < wanted) return wanted;
  self->pass_heap_limit();
  // Room to unwind in, once: a termination takes effect at the next interrupt check.
  if (self->granted_) return current;
  self->granted_ = true;
  return current + kRoom;
}

}  // namespace sublet::engine
