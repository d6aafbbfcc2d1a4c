// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sublet/adapters/key_value_store.h"

// What is written, so that a reader can tell what is missing and what is only half there.
//
// A storm is of one tenant and has several loops. Commit number n of a loop has the stamp
// n * kLoops + loop. It writes the stamp to every part of its loop's row, in place of the one
// before; makes a mark, an entry that is named by the stamp; and adds 1 to a counter. So at any
// moment all parts of a row are the same, the row is the last of the loop's marks, and the counter
// is the number of marks.
namespace sublet::faults {

inline constexpr std::uint64_t kLoops = 32;
inline constexpr std::size_t kParts = 4;

inline constexpr char kSpace[] = "storm";
inline constexpr char kMarks[] = "mark/";
inline constexpr char kCounter[] = "counter";

inline std::uint64_t loop_of(std::uint64_t stamp) { return stamp % kLoops; }
std::string part_key(std::uint64_t loop, std::size_t part);
std::string mark_key(std::uint64_t stamp);

// Values are a number, and spaces that vary in length.
std::string value_of(std::uint64_t number, std::size_t padding);
std::uint64_t number_in(const std::string& value);

// The commit with this stamp.
KeyValueCommit storm_commit(const std::string& tenant, std::uint64_t stamp);

// One of the processes that write: it has every `count`-th loop, from `number` on.
struct Writer {
  std::uint64_t number = 0;
  std::uint64_t count = 1;
};

// What a process that writes reports of a commit, as 8 bytes: its stamp, and whether it was done.
inline constexpr std::uint64_t kNotDone = std::uint64_t{1} << 63;

// In the process that writes: commits until the process ends, with all its loops at once; writes to
// the file descriptor each commit that was acknowledged, and each of which the store says that it
// was not done.
void write_storm(KeyValueStore& store, const std::string& tenant, Writer writer, int reports);

}  // namespace sublet::faults
