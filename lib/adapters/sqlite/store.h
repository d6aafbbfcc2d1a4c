// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/sqlite/key_value_side.h"
#include "adapters/sqlite/store_of.h"

namespace sublet::adapters::sqlite {

// Of entries.
using Store = StoreOf<KeyValueSide>;

}  // namespace sublet::adapters::sqlite
