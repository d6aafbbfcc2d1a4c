// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "adapters/sqlite/log_keeper.h"
#include "adapters/sqlite/writes.h"

// Erasing, in parts: with secure_delete every page that held something is written.
namespace sublet::adapters::sqlite {
namespace {

// What one part erases at most, so that commits never wait long.
constexpr std::uint64_t kErasedAtOnce = 1000;
constexpr std::uint64_t kErasedBytes = std::uint64_t{4} << 20;

// After all spaces that there can be.
std::string after_all_spaces() { return std::string(KeyValueStore::kMaxNameBytes + 1, '\xff'); }

}  // namespace

std::optional<std::uint64_t> Writes::apply(EraseRequest& request) {
  request.next.reset();
  EraseProgress progress;
  if (request.progress.has_value()) {
    progress = *request.progress;
  } else {
    const TenantRow row = tenants_.find(request.tenant);
    if (row.id == 0) return 0;
    progress = begin_erase(row, request.space);
  }
  return request.space.has_value() ? erase_space(request, std::move(progress))
                                   : erase_tenant(request, std::move(progress));
}

EraseProgress Writes::begin_erase(const TenantRow& row, const std::optional<std::string>& space) {
  EraseProgress progress;
  progress.tenant = row.id;
  progress.newest = row.version;
  progress.begun_at = now_of(clock_);
  progress.space = space.value_or("");
  return progress;
}

std::optional<std::uint64_t> Writes::erase_space(EraseRequest& request, EraseProgress progress) {
  TenantRow row = tenants_.find(request.tenant);
  if (row.id != progress.tenant) return progress.erased;  // erased as a whole meanwhile
  const Part part = erase_part(progress, request.space);
  progress.erased += part.alive;
  row.usage.keys -= part.usage.keys;
  row.usage.bytes.count -= part.usage.bytes.count;
  tenants_.put(request.tenant, row);
  if (part.last) return progress.erased;
  request.next = std::move(progress);
  return std::nullopt;
}

std::optional<std::uint64_t> Writes::erase_tenant(EraseRequest& request, EraseProgress progress) {
  const bool is_first = !request.progress.has_value();
  if (is_first) {
    const TenantRow row = tenants_.find(request.tenant);
    progress.erased = row.usage.keys - expired_of(row.id, progress.begun_at);
    tenants_.detach(row);
  }
  if (erase_part(progress, std::nullopt).last) {
    tenants_.drop(progress.tenant);
    return progress.erased;
  }
  request.next = std::move(progress);
  return std::nullopt;
}

Writes::Part Writes::erase_part(EraseProgress& progress, const std::optional<std::string>& space) {
  // A key is never empty: the first one after a space comes after all of it.
  const std::string end = space.has_value() ? *space + '\0' : after_all_spaces();
  const std::uint64_t most = std::min(kErasedBytes, bounds_.together / 4);
  const auto newest = static_cast<std::int64_t>(progress.newest);
  const std::string from_space = progress.space;
  const std::string from_key = progress.key;
  Part part;
  {
    Query query(part_);
    query.bind(progress.tenant).bind(from_space).bind(from_key).bind(end).bind("").bind(newest);
    while (query.next()) {
      part.last = part.usage.keys < kErasedAtOnce && part.usage.bytes.count < most;
      if (!part.last) break;
      progress.space = query.bytes(0);
      progress.key = query.bytes(1);
      ++part.usage.keys;
      part.usage.bytes.count += query.count(2);
      if (is_alive(query.optional_time(3), progress.begun_at)) ++part.alive;
    }
  }
  Query(erase_)
      .bind(progress.tenant)
      .bind(from_space)
      .bind(from_key)
      .bind(progress.space)
      .bind(progress.key)
      .bind(newest)
      .run();
  written_ += log_bytes(part.usage.bytes.count, 1);
  return part;
}

std::uint64_t Writes::expired_of(std::int64_t tenant, KeyValueTime now) {
  Query query(count_expired_);
  return query.bind(tenant).bind(now).next() ? query.count(0) : 0;
}

}  // namespace sublet::adapters::sqlite
