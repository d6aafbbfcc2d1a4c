// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/memory_tenant.h"

#include <utility>

#include "adapters/key_value/key_range.h"

namespace sublet::adapters {
namespace {

std::uint64_t size_of(const std::string& key, const KeyValueValue& value) {
  return key.size() + value.data.size();
}

// Collects a page until it is full.
class PageBuilder {
 public:
  explicit PageBuilder(const KeyValueList& request) : request_(request) {}

  // False: the page ends before this entry.
  bool has_room(std::uint64_t bytes) {
    const bool room = page_.entries.empty() || (page_.entries.size() < request_.limit &&
                                                bytes_ <= request_.max_bytes.count &&
                                                bytes <= request_.max_bytes.count - bytes_);
    if (!room) page_.more = true;
    bytes_ += bytes;
    return room;
  }
  void add(KeyValueEntry entry) { page_.entries.push_back(std::move(entry)); }
  KeyValuePage take() && { return std::move(page_); }

 private:
  const KeyValueList& request_;
  KeyValuePage page_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

struct MemoryTenant::Prepared {
  Spaces::iterator space;
  Rows::iterator row;     // the one that is there, or the end
  Rows::node_type fresh;  // a new one
  std::set<Expiring>::node_type expiring;
  bool remove = false;
  KeyValueValue value;
  std::uint64_t version = 0;
  KeyValueTime updated_at{};
  std::optional<KeyValueTime> expires_at;
};

KeyValueEntry MemoryTenant::entry_of(std::string key, const Row& row, bool with_value) {
  KeyValueEntry entry;
  entry.key = std::move(key);
  if (with_value) {
    entry.value = row.value;
  } else {
    entry.value.type = KeyValueType::kBytes;
  }
  entry.version = row.version;
  entry.updated_at = row.updated_at;
  entry.expires_at = row.expires_at;
  return entry;
}

std::optional<KeyValueEntry> MemoryTenant::get(KeyValueKey& at, KeyValueTime now) const {
  const auto space = spaces_.find(at.space);
  if (space == spaces_.end()) return std::nullopt;
  const auto row = space->second.rows.find(at.key);
  if (row == space->second.rows.end() || !is_alive(row->second.expires_at, now)) {
    return std::nullopt;
  }
  return entry_of(std::move(at.key), row->second);
}

KeyValuePage MemoryTenant::list(const KeyValueList& request, KeyValueTime now) const {
  const auto space = spaces_.find(request.space);
  if (space == spaces_.end()) return {};
  const Rows& rows = space->second.rows;
  PageBuilder page(request);
  // False: the page, or what was asked for, ends here.
  const auto visit = [&](const Rows::value_type& row) {
    if (!row.first.starts_with(request.prefix)) return false;
    if (!is_alive(row.second.expires_at, now)) return true;
    const bool with_value = !request.keys_only;
    if (!page.has_room(row.first.size() + (with_value ? row.second.value.data.size() : 0))) {
      return false;
    }
    page.add(entry_of(row.first, row.second, with_value));
    return true;
  };
  if (!request.reverse) {
    auto at = request.after.has_value() && *request.after >= request.prefix
                  ? rows.upper_bound(*request.after)
                  : rows.lower_bound(request.prefix);
    while (at != rows.end() && visit(*at)) ++at;
    return std::move(page).take();
  }
  std::optional<std::string> before = end_of_prefix(request.prefix);
  if (request.after.has_value() && (!before.has_value() || *request.after < *before)) {
    before = request.after;
  }
  auto at = before.has_value() ? rows.lower_bound(*before) : rows.end();
  while (at != rows.begin() && visit(*std::prev(at))) --at;
  return std::move(page).take();
}

void MemoryTenant::purge(KeyValueTime now) noexcept {
  while (!expiring_.empty() && std::get<0>(*expiring_.begin()) <= now) {
    const auto [when, space_name, key] = *expiring_.begin();
    const auto space = spaces_.find(*space_name);
    remove(space, space->second.rows.find(*key));
    drop_if_empty(space);
  }
}

StoredEntry MemoryTenant::stored(const KeyValueWrite& write) const {
  StoredEntry stored;
  const auto space = spaces_.find(write.at.space);
  if (space == spaces_.end()) return stored;
  const auto row = space->second.rows.find(write.at.key);
  if (row == space->second.rows.end()) return stored;
  stored.bytes = size_of(row->first, row->second.value);
  stored.version = row->second.version;
  stored.expires_at = row->second.expires_at;
  if (reads_current(write)) stored.entry = entry_of(row->first, row->second);
  return stored;
}

KeyValueCommitted MemoryTenant::commit(KeyValueCommit& request, KeyValueTime now) {
  std::vector<StoredEntry> stored_entries;
  stored_entries.reserve(request.writes.size());
  for (const KeyValueWrite& write : request.writes) stored_entries.push_back(stored(write));
  const std::uint64_t version = version_ + 1;
  CommitPlan plan = plan_commit(request, stored_entries, usage_, version, now);
  if (plan.answer.status != KeyValueCommitted::Status::kCommitted) return std::move(plan.answer);

  std::vector<Prepared> prepared;
  prepared.reserve(plan.writes.size());
  for (PlannedWrite& planned : plan.writes) {
    prepared.push_back(prepare(request, planned, version, now));
  }
  // From here on nothing can fail.
  version_ = version;
  for (Prepared& write : prepared) carry_out(write);
  for (const PlannedWrite& write : plan.writes) {
    if (write.remove) drop_if_empty(spaces_.find(request.writes[write.write].at.space));
  }
  return std::move(plan.answer);
}

MemoryTenant::Prepared MemoryTenant::prepare(KeyValueCommit& request, PlannedWrite& planned,
                                             std::uint64_t version, KeyValueTime now) {
  KeyValueWrite& write = request.writes[planned.write];
  Prepared prepared;
  prepared.remove = planned.remove;
  prepared.space = spaces_.try_emplace(write.at.space).first;
  Rows& rows = prepared.space->second.rows;
  prepared.row = rows.find(write.at.key);
  if (planned.remove) return prepared;
  const std::string* key = nullptr;
  if (prepared.row == rows.end()) {
    Rows one;
    key = &one.try_emplace(std::move(write.at.key)).first->first;
    prepared.fresh = one.extract(one.begin());
  } else {
    key = &prepared.row->first;
  }
  prepared.value =
      planned.computed.has_value() ? *std::move(planned.computed) : std::move(write.value);
  prepared.version = version;
  prepared.updated_at = now;
  prepared.expires_at = planned.expires_at;
  if (planned.expires_at.has_value()) {
    std::set<Expiring> one;
    one.emplace(*planned.expires_at, &prepared.space->first, key);
    prepared.expiring = one.extract(one.begin());
  }
  return prepared;
}

void MemoryTenant::carry_out(Prepared& prepared) noexcept {
  Space& space = prepared.space->second;
  if (prepared.remove) {
    remove(prepared.space, prepared.row);
    return;
  }
  if (prepared.row == space.rows.end()) {
    prepared.row = space.rows.insert(std::move(prepared.fresh)).position;
  } else {
    const Row& old = prepared.row->second;
    take(space, size_of(prepared.row->first, old.value));
    if (old.expires_at.has_value()) {
      expiring_.erase({*old.expires_at, &prepared.space->first, &prepared.row->first});
    }
  }
  prepared.row->second = {std::move(prepared.value), prepared.version, prepared.updated_at,
                          prepared.expires_at};
  if (prepared.expires_at.has_value()) expiring_.insert(std::move(prepared.expiring));
  add(space, size_of(prepared.row->first, prepared.row->second.value));
}

void MemoryTenant::remove(Spaces::iterator space, Rows::iterator row) noexcept {
  take(space->second, size_of(row->first, row->second.value));
  if (row->second.expires_at.has_value()) {
    expiring_.erase({*row->second.expires_at, &space->first, &row->first});
  }
  space->second.rows.erase(row);
}

void MemoryTenant::drop_if_empty(Spaces::iterator space) noexcept {
  if (space != spaces_.end() && space->second.rows.empty()) spaces_.erase(space);
}

void MemoryTenant::add(Space& space, std::uint64_t bytes) noexcept {
  for (KeyValueUsage* usage : {&usage_, &space.usage}) {
    ++usage->keys;
    usage->bytes.count += bytes;
  }
}

void MemoryTenant::take(Space& space, std::uint64_t bytes) noexcept {
  for (KeyValueUsage* usage : {&usage_, &space.usage}) {
    --usage->keys;
    usage->bytes.count -= bytes;
  }
}

std::map<std::string, KeyValueUsage> MemoryTenant::spaces() const {
  std::map<std::string, KeyValueUsage> answer;
  for (const auto& [name, space] : spaces_) {
    if (space.usage.keys != 0) answer.emplace_hint(answer.end(), name, space.usage);
  }
  return answer;
}

std::uint64_t MemoryTenant::erase_space(const std::string& name) noexcept {
  const auto space = spaces_.find(name);
  if (space == spaces_.end()) return 0;
  Rows& rows = space->second.rows;
  const std::uint64_t count = rows.size();
  while (!rows.empty()) remove(space, rows.begin());
  spaces_.erase(space);
  return count;
}

}  // namespace sublet::adapters
