// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/free_room.h"

#include <algorithm>

namespace sublet::adapters::sqlite::events {
namespace {

std::int64_t pages_for_new(std::int64_t all) { return all - std::max<std::int64_t>(all / 16, 16); }

}  // namespace

FreeRoom::FreeRoom(Connection& connection, bool limited)
    : limited_(limited),
      most_(pages_for_new(connection.integer("PRAGMA max_page_count"))),
      page_size_(static_cast<std::uint64_t>(connection.integer("PRAGMA page_size"))),
      pages_(connection, "PRAGMA page_count"),
      free_(connection, "PRAGMA freelist_count") {}

bool FreeRoom::has(std::uint64_t bytes) {
  if (!limited_) return true;
  Query pages(pages_);
  Query free(free_);
  if (!pages.next() || !free.next()) return true;
  const auto wanted = static_cast<std::int64_t>(bytes / page_size_);
  return pages.integer(0) - free.integer(0) + wanted <= most_;
}

}  // namespace sublet::adapters::sqlite::events
