// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sublet::engine {

// ICU, which V8's Intl, normalize() and locale functions use, takes memory that V8 knows nothing
// of: three hundred DateTimeFormats are 17 MB. ICU's own hook for that counts it here.
//
// Starts counting, once for the process: for the ICU that V8 was linked with, before V8 starts.
// False where that ICU is part of V8 itself or is not loaded. What ICU has allocated before, and
// what it frees after its u_cleanup(), stays valid: blocks are malloc()'s and are told apart by a
// mark at their end. Not for a process whose host calls u_setMemoryFunctions() itself, which
// replaces the functions that blocks are freed with.
bool count_icu_memory() noexcept;
// Whether it is being counted.
bool icu_memory_is_counted() noexcept;

// Is told on the allocating thread, inside ICU.
class NativeWatcher {
 public:
  // The watched mark was passed; not told again until the next watch().
  virtual void on_native_mark_passed() noexcept = 0;

 protected:
  ~NativeWatcher() = default;
};

// What ICU holds for one isolate. Blocks may be freed by other threads, and outlive the account.
class NativeAccount {
 public:
  explicit NativeAccount(NativeWatcher& watcher) noexcept;
  ~NativeAccount();
  NativeAccount(const NativeAccount&) = delete;
  NativeAccount& operator=(const NativeAccount&) = delete;

  std::uint64_t used() const noexcept;
  std::uint64_t peak() const noexcept;
  // The next peak starts at the present use.
  void reset_peak() noexcept;
  void watch(std::uint64_t mark) noexcept;

  struct Slot;

 private:
  friend class NativeOwner;
  Slot* const slot_;  // null: more isolates than there are slots; nothing is counted
};

// Charges what ICU allocates on the calling thread to an isolate.
class NativeOwner {
 public:
  explicit NativeOwner(const NativeAccount& account) noexcept;
  ~NativeOwner();
  NativeOwner(const NativeOwner&) = delete;
  NativeOwner& operator=(const NativeOwner&) = delete;

 private:
  NativeAccount::Slot* const outer_;
};

}  // namespace sublet::engine
