// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// Gives a call its answer; under no lock. What a callback throws, which it must not, ends here: the
// call was answered, and no thread of the store's ends for it.
template <typename T>
void tell(const KeyValueCallback<T>& done, Result<T> result) noexcept {
  try {
    if (done) done(std::move(result));
  } catch (...) {
  }
}

}  // namespace sublet::adapters
