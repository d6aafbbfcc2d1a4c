// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// Stacks of threads that run code whose depth somebody else decides: large in addresses, small in
// memory.
namespace sublet::base {

// How far down the calling thread's stack was ever used, in bytes from its top. 0 where that cannot be
// told.
std::size_t deepest_stack_use() noexcept;

// Gives the pages back that lie more than `keep` bytes below the caller.
void release_stack_below(std::size_t keep) noexcept;

}  // namespace sublet::base
