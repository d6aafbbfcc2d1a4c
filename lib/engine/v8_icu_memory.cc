// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_icu_memory.h"

#include <dlfcn.h>
#include <malloc.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/mutex.h"

namespace sublet::engine {

struct NativeAccount::Slot {
  std::uint16_t index = 0;
  std::atomic<bool> taken{false};
  std::atomic<std::uint16_t> generation{0};  // changes with every account that has it
  std::atomic<std::int64_t> used{0};
  std::atomic<std::int64_t> peak{0};
  std::atomic<std::int64_t> mark{INT64_MAX};
  std::atomic<NativeWatcher*> watcher{nullptr};
};

namespace {

using Slot = NativeAccount::Slot;

thread_local Slot* slot_here = nullptr;

// Slots live as long as the process, so that a block that is freed late finds one.
class Slots {
 public:
  static Slots& instance() {
    static Slots* const slots = new Slots;
    return *slots;
  }

  Slot* take() noexcept {
    base::MutexLock lock(mutex_);
    for (std::size_t tries = 0; tries < kSlots; ++tries) {
      Slot& slot = slots_[next_];
      const auto index = static_cast<std::uint16_t>(next_);
      next_ = (next_ + 1) % kSlots;
      if (slot.taken.exchange(true)) continue;
      slot.index = index;
      return &slot;
    }
    return nullptr;
  }
  Slot& at(std::size_t index) { return slots_[index]; }

  static constexpr std::size_t kSlots = 4096;
  // Distinguishes our blocks from those that were allocated without us.
  const std::uint64_t secret = random_word();

 private:
  static std::uint64_t random_word() noexcept {
    std::uint64_t word = 0x9e3779b97f4a7c15U;
    (void)!::getrandom(&word, sizeof word, 0);
    return word;
  }

  base::Mutex mutex_;
  std::size_t next_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::array<Slot, kSlots> slots_{};
};

// The last word of every block names the account that it is charged to.
std::uint64_t word_of(const Slot* slot) {
  if (slot == nullptr) return Slots::kSlots;
  return slot->index | std::uint64_t{slot->generation.load(std::memory_order_relaxed)} << 16U;
}

char* last_word(void* block, std::size_t usable) {
  return static_cast<char*>(block) + usable - sizeof(std::uint64_t);
}

std::uint64_t key(const void* block) {
  return Slots::instance().secret ^ reinterpret_cast<std::uintptr_t>(block);
}

// The account that a block is charged to; null where there is none or it has ended.
Slot* owner_of(void* block, std::size_t usable) {
  if (usable < sizeof(std::uint64_t)) return nullptr;
  std::uint64_t word = 0;
  std::memcpy(&word, last_word(block, usable), sizeof word);
  word ^= key(block);
  const std::uint64_t index = word & 0xffffU;
  if (word >> 32U != 0 || index >= Slots::kSlots) return nullptr;
  Slot& slot = Slots::instance().at(index);
  return slot.generation.load(std::memory_order_relaxed) == word >> 16U ? &slot : nullptr;
}

void charge(Slot& slot, std::size_t bytes) noexcept {
  const auto amount = static_cast<std::int64_t>(bytes);
  const std::int64_t now = slot.used.fetch_add(amount, std::memory_order_relaxed) + amount;
  if (now > slot.peak.load(std::memory_order_relaxed)) {
    slot.peak.store(now, std::memory_order_relaxed);
  }
  if (now <= slot.mark.load(std::memory_order_relaxed) || &slot != slot_here) return;
  slot.mark.store(INT64_MAX, std::memory_order_relaxed);
  slot.watcher.load(std::memory_order_relaxed)->on_native_mark_passed();
}

void* charged(void* block, Slot* slot) noexcept {
  if (block == nullptr) return nullptr;
  const std::size_t usable = ::malloc_usable_size(block);
  const std::uint64_t word = word_of(slot) ^ key(block);
  std::memcpy(last_word(block, usable), &word, sizeof word);
  if (slot != nullptr) charge(*slot, usable);
  return block;
}

void discharge(void* block) noexcept {
  const std::size_t usable = ::malloc_usable_size(block);
  Slot* const slot = owner_of(block, usable);
  if (slot != nullptr) {
    slot->used.fetch_sub(static_cast<std::int64_t>(usable), std::memory_order_relaxed);
  }
}

// ICU's own limits keep its sizes far from overflowing.
void* icu_allocate(const void*, std::size_t size) {
  return charged(std::malloc(size + sizeof(std::uint64_t)), slot_here);
}

void* icu_reallocate(const void*, void* block, std::size_t size) {
  if (block == nullptr) return icu_allocate(nullptr, size);
  const std::size_t before = ::malloc_usable_size(block);
  Slot* const slot = owner_of(block, before);
  void* const moved = std::realloc(block, size + sizeof(std::uint64_t));
  if (moved == nullptr) return nullptr;
  if (slot != nullptr) {
    slot->used.fetch_sub(static_cast<std::int64_t>(before), std::memory_order_relaxed);
  }
  return charged(moved, slot);
}

void icu_free(const void*, void* block) {
  if (block == nullptr) return;
  discharge(block);
  std::free(block);
}

bool set_functions() noexcept {
#if defined(SUBLET_V8_ICU_VERSION)
  using Allocate = void*(const void*, std::size_t);
  using Reallocate = void*(const void*, void*, std::size_t);
  using Free = void(const void*, void*);
  using SetMemoryFunctions = void(const void*, Allocate*, Reallocate*, Free*, int* error);
  // ICU's functions carry its version in their names. Looked up, so that a build needs no ICU.
  const std::string name = "u_setMemoryFunctions_" SUBLET_V8_ICU_VERSION;
  auto* const set = reinterpret_cast<SetMemoryFunctions*>(::dlsym(RTLD_DEFAULT, name.c_str()));
  if (set == nullptr) return false;
  int error = 0;
  set(nullptr, icu_allocate, icu_reallocate, icu_free, &error);
  return error <= 0;  // warnings are negative
#else
  return false;
#endif
}

std::atomic<bool> counted{false};

}  // namespace

bool count_icu_memory() noexcept {
  static const bool possible = set_functions();
  counted = possible;
  return possible;
}

bool icu_memory_is_counted() noexcept { return counted.load(std::memory_order_relaxed); }

NativeAccount::NativeAccount(NativeWatcher& watcher) noexcept : slot_(Slots::instance().take()) {
  if (slot_ == nullptr) return;
  slot_->used = 0;
  slot_->peak = 0;
  slot_->mark = INT64_MAX;
  slot_->watcher = &watcher;
}

NativeAccount::~NativeAccount() {
  if (slot_ == nullptr) return;
  ++slot_->generation;
  slot_->taken = false;
}

std::uint64_t NativeAccount::used() const noexcept {
  if (slot_ == nullptr) return 0;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, slot_->used.load(std::memory_order_relaxed)));
}

std::uint64_t NativeAccount::peak() const noexcept {
  if (slot_ == nullptr) return 0;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, slot_->peak.load(std::memory_order_relaxed)));
}

void NativeAccount::reset_peak() noexcept {
  if (slot_ != nullptr) slot_->peak.store(slot_->used.load(std::memory_order_relaxed));
}

void NativeAccount::watch(std::uint64_t mark) noexcept {
  if (slot_ == nullptr) return;
  slot_->mark = static_cast<std::int64_t>(std::min<std::uint64_t>(mark, INT64_MAX));
}

NativeOwner::NativeOwner(const NativeAccount& account) noexcept : outer_(slot_here) {
  slot_here = account.slot_;
}

NativeOwner::~NativeOwner() { slot_here = outer_; }

}  // namespace sublet::engine
