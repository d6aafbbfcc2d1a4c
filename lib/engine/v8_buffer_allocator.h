// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <memory>

#include "base/byte_budget.h"
#include "engine/v8_compat.h"

namespace sublet::engine {

// Charges array buffers to a budget; an allocation past it fails with a RangeError in JavaScript.
// A counter around V8's own allocator, because a V8 with its memory sandbox accepts no other memory.
class V8BufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit V8BufferAllocator(base::ByteBudget& budget)
      : budget_(budget), allocator_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()) {}

  void* Allocate(std::size_t length) override;
  void* AllocateUninitialized(std::size_t length) override;
  void Free(void* data, std::size_t length) override;
#if defined(SUBLET_V8_ALLOCATOR_REALLOCATES)
  void* Reallocate(void* data, std::size_t old_length, std::size_t new_length) override;
#endif

 private:
  base::ByteBudget& budget_;
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_;
};

}  // namespace sublet::engine
