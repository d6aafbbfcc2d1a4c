// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/sqlite/group_writer_of.h"
#include "adapters/sqlite/key_value_side.h"

namespace sublet::adapters::sqlite {

// Of a key-value store.
using GroupWriter = GroupWriterOf<KeyValueSide>;

}  // namespace sublet::adapters::sqlite
