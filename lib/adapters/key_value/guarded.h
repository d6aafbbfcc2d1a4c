// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "sublet/result.h"

namespace sublet::adapters {

// What `make` answers, a Result; what it throws becomes an Error, since no exception leaves an
// adapter.
template <typename Make>
std::invoke_result_t<Make> guarded(Make&& make) noexcept {
  try {
    return make();
  } catch (const std::bad_alloc&) {
    // Short enough for a string that allocates nothing.
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, error.what()};
  } catch (...) {
    return Error{ErrorCode::kInternal, "a fault"};
  }
}

}  // namespace sublet::adapters
