// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <cstddef>
#include <memory>

#include "engine/v8_compat.h"
#include "engine/v8_page_ledger.h"

namespace sublet::engine {

// The account that the calling thread's pages are charged to; null: nobody's, and never refused.
PageAccount* page_owner() noexcept;

// Charges what the calling thread commits to an isolate: entered, being made or being disposed.
class PageOwner {
 public:
  explicit PageOwner(PageAccount* account) noexcept;
  ~PageOwner();
  PageOwner(const PageOwner&) = delete;
  PageOwner& operator=(const PageOwner&) = delete;

 private:
  PageAccount* const outer_;
};

// V8's own page allocator, with an account per isolate. V8 answers a refusal as it answers a
// machine without memory: it collects garbage, tries again, and gives the isolate up. A V8 with its
// memory sandbox takes its heap from that sandbox and asks here for little.
class PageAllocator final : public v8::PageAllocator {
 public:
  // `inner` outlives this. `forkable`: what V8 allocates is there in a forked child as well, which
  // some builds of V8 opt out of.
  PageAllocator(v8::PageAllocator& inner, bool forkable) : inner_(inner), forkable_(forkable) {}

  std::size_t AllocatePageSize() override { return inner_.AllocatePageSize(); }
  std::size_t CommitPageSize() override { return inner_.CommitPageSize(); }
  void SetRandomMmapSeed(std::int64_t seed) override { inner_.SetRandomMmapSeed(seed); }
  void* GetRandomMmapAddr() override { return inner_.GetRandomMmapAddr(); }
  using v8::PageAllocator::AllocatePages;
  void* AllocatePages(void* address, std::size_t length, std::size_t alignment,
                      Permission permissions) override;
  bool FreePages(void* address, std::size_t length) override;
  bool ReleasePages(void* address, std::size_t length, std::size_t new_length) override;
  bool SetPermissions(void* address, std::size_t length, Permission permissions) override;
  bool DiscardSystemPages(void* address, std::size_t size) override {
    return inner_.DiscardSystemPages(address, size);
  }
  bool DecommitPages(void* address, std::size_t size) override;
#if SUBLET_V8 >= 1100
  bool RecommitPages(void* address, std::size_t length, Permission permissions) override;
#endif
#if SUBLET_V8 >= 1300
  bool SealPages(void* address, std::size_t length) override {
    return inner_.SealPages(address, length);
  }
#endif
  // Shared mappings would be another memory in the child than in its parent.
  bool CanAllocateSharedPages() override { return !forkable_ && inner_.CanAllocateSharedPages(); }
  std::unique_ptr<SharedMemory> AllocateSharedPages(std::size_t length,
                                                    const void* original) override {
    return inner_.AllocateSharedPages(length, original);
  }
  bool ReserveForSharedMemoryMapping(void* address, std::size_t size) override {
    return inner_.ReserveForSharedMemoryMapping(address, size);
  }

  PageLedger& ledger() { return ledger_; }

 private:
  v8::PageAllocator& inner_;
  const bool forkable_;
  PageLedger ledger_;
};

}  // namespace sublet::engine
