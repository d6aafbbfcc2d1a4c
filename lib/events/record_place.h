// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sublet::events {

// The place right before a record's name, for EventQueue::read_records(), which goes on after one.
// Names have no byte 0xFF, and at least one byte.
inline std::string right_before(std::string name) {
  --name.back();
  return name + '\xFF';
}

}  // namespace sublet::events
