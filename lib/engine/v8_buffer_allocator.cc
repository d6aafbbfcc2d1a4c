// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_buffer_allocator.h"

namespace sublet::engine {
namespace {

// Small buffers cost the allocator's own bookkeeping too.
constexpr std::size_t kOverhead = 64;

}  // namespace

void* V8BufferAllocator::Allocate(std::size_t length) {
  if (!budget_.try_take(length + kOverhead)) return nullptr;
  void* data = allocator_->Allocate(length);
  if (data == nullptr) budget_.give_back(length + kOverhead);
  return data;
}

void* V8BufferAllocator::AllocateUninitialized(std::size_t length) {
  if (!budget_.try_take(length + kOverhead)) return nullptr;
  void* data = allocator_->AllocateUninitialized(length);
  if (data == nullptr) budget_.give_back(length + kOverhead);
  return data;
}

void V8BufferAllocator::Free(void* data, std::size_t length) {
  allocator_->Free(data, length);
  budget_.give_back(length + kOverhead);
}

#if defined(SUBLET_V8_ALLOCATOR_REALLOCATES)
void* V8BufferAllocator::Reallocate(void* data, std::size_t old_length, std::size_t new_length) {
  if (!budget_.try_take(new_length)) return nullptr;
  void* moved = allocator_->Reallocate(data, old_length, new_length);
  budget_.give_back(moved == nullptr ? new_length : old_length);
  return moved;
}
#endif

}  // namespace sublet::engine
