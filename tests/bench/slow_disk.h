// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace sublet::bench {

// From now on every database that SQLite opens in this process is on a disk whose waits can be made
// longer. Before any is opened; throws Failure.
void make_disk_adjustable();

// How much longer each wait for the disk takes.
void set_disk_delay(std::chrono::microseconds delay);

}  // namespace sublet::bench
