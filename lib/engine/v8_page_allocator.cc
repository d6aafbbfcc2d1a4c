// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_page_allocator.h"

#include <sys/mman.h>

#include <cstdint>

namespace sublet::engine {
namespace {

using Permission = v8::PageAllocator::Permission;

thread_local PageAccount* owner_here = nullptr;

bool accessible(Permission permissions) {
  return permissions != Permission::kNoAccess && permissions != Permission::kNoAccessWillJitLater;
}

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

}  // namespace

PageAccount* page_owner() noexcept { return owner_here; }

PageOwner::PageOwner(PageAccount* account) noexcept : outer_(owner_here) { owner_here = account; }

PageOwner::~PageOwner() { owner_here = outer_; }

void* PageAllocator::AllocatePages(void* address, std::size_t length, std::size_t alignment,
                                   Permission permissions) {
  void* const pages = inner_.AllocatePages(address, length, alignment, permissions);
  if (pages == nullptr) return nullptr;
#if defined(MADV_DOFORK)
  if (forkable_) ::madvise(pages, length, MADV_DOFORK);
#endif
  // Untouched pages cost nothing, so they may be had before they are paid.
  if (accessible(permissions) && !ledger_.commit(number(pages), length, owner_here)) {
    inner_.FreePages(pages, length);
    return nullptr;
  }
  return pages;
}

bool PageAllocator::FreePages(void* address, std::size_t length) {
  // First: once they are free, another thread may get the same addresses.
  ledger_.release(number(address), length);
  return inner_.FreePages(address, length);
}

bool PageAllocator::ReleasePages(void* address, std::size_t length, std::size_t new_length) {
  ledger_.release(number(address) + new_length, length - new_length);
  return inner_.ReleasePages(address, length, new_length);
}

bool PageAllocator::SetPermissions(void* address, std::size_t length, Permission permissions) {
  if (!accessible(permissions)) {
    ledger_.release(number(address), length);
    return inner_.SetPermissions(address, length, permissions);
  }
  if (!ledger_.commit(number(address), length, owner_here)) return false;
  if (inner_.SetPermissions(address, length, permissions)) return true;
  ledger_.release(number(address), length);
  return false;
}

bool PageAllocator::DecommitPages(void* address, std::size_t size) {
  ledger_.release(number(address), size);
  return inner_.DecommitPages(address, size);
}

#if SUBLET_V8 >= 1100
bool PageAllocator::RecommitPages(void* address, std::size_t length, Permission permissions) {
  if (!ledger_.commit(number(address), length, owner_here)) return false;
  if (inner_.RecommitPages(address, length, permissions)) return true;
  ledger_.release(number(address), length);
  return false;
}
#endif

}  // namespace sublet::engine
