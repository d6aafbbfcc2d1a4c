// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_records.h"

namespace sublet::adapters {
namespace {

using Status = EventEnqueued::Status;

bool is_alive(const EventRecord& record, EventTime now) {
  return !record.expires_at.has_value() || now < *record.expires_at;
}

EventEnqueued failed(Status status, std::size_t place) {
  EventEnqueued answer;
  answer.status = status;
  answer.failed = place;
  return answer;
}

}  // namespace

EventEnqueued MemoryRecords::check(const std::vector<EventRecordWrite>& writes, EventTime now) {
  purge(now);
  // By kind and tenant: how many the writes before have removed and added.
  std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::uint64_t>> changed;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const EventRecordWrite& write = writes[i];
    const EventRecord* found = alive({write.kind, write.tenant, write.name}, now);
    const std::uint64_t version = found == nullptr ? 0 : found->version;
    if (write.expected.has_value() && *write.expected != version) {
      return failed(Status::kConflict, i);
    }
    auto& [removed, added] = changed[{write.kind, write.tenant}];
    if (!write.data.has_value()) {
      removed += found == nullptr ? 0 : 1;
    } else if (found == nullptr) {
      ++added;
      if (write.max_in_tenant < UINT64_MAX &&
          count(write.kind, write.tenant) + added - removed > write.max_in_tenant) {
        return failed(Status::kOverCount, i);
      }
    }
  }
  return {};
}

std::vector<std::uint64_t> MemoryRecords::apply(std::vector<EventRecordWrite>& writes,
                                                EventTime now) {
  std::vector<std::uint64_t> versions;
  for (EventRecordWrite& write : writes) {
    const Name name{write.kind, write.tenant, write.name};
    if (const auto row = rows_.find(name); row != rows_.end()) remove(row);
    if (!write.data.has_value()) {
      versions.push_back(0);
      continue;
    }
    EventRecord record{std::move(write.kind),
                       std::move(write.tenant),
                       std::move(write.name),
                       *std::move(write.data),
                       ++version_,
                       write.due_at,
                       std::nullopt};
    if (write.expires_in.count() != 0) record.expires_at = now + write.expires_in;
    if (record.due_at.has_value()) {
      due_.emplace(record.kind, *record.due_at, record.tenant, record.name);
    }
    if (record.expires_at.has_value()) expiring_.emplace(*record.expires_at, name);
    versions.push_back(record.version);
    rows_.emplace(name, std::move(record));
  }
  return versions;
}

std::vector<EventRecord> MemoryRecords::read(const std::string& kind,
                                             const std::optional<std::string>& tenant,
                                             const std::pair<std::string, std::string>& after,
                                             std::uint32_t limit, EventTime now) const {
  std::vector<EventRecord> found;
  for (auto at = rows_.upper_bound({kind, after.first, after.second});
       at != rows_.end() && found.size() < limit; ++at) {
    const EventRecord& record = at->second;
    if (record.kind != kind || (tenant.has_value() && record.tenant != *tenant)) break;
    if (is_alive(record, now)) found.push_back(record);
  }
  return found;
}

std::vector<EventRecord> MemoryRecords::due(const std::string& kind, std::uint32_t limit,
                                            EventTime now) const {
  std::vector<EventRecord> found;
  for (auto at = due_.lower_bound({kind, EventTime::min(), {}, {}});
       at != due_.end() && found.size() < limit; ++at) {
    const auto& [its_kind, due_at, tenant, name] = *at;
    if (its_kind != kind || due_at > now) break;
    if (const EventRecord* record = alive({kind, tenant, name}, now)) found.push_back(*record);
  }
  return found;
}

std::uint64_t MemoryRecords::erase(const std::string& tenant, std::uint64_t limit) {
  std::uint64_t count = 0;
  for (auto at = rows_.begin(); at != rows_.end() && count < limit;) {
    const auto row = at++;
    if (row->second.tenant != tenant) continue;
    remove(row);
    ++count;
  }
  return count;
}

const EventRecord* MemoryRecords::alive(const Name& name, EventTime now) const {
  const auto row = rows_.find(name);
  return row != rows_.end() && is_alive(row->second, now) ? &row->second : nullptr;
}

std::uint64_t MemoryRecords::count(const std::string& kind, const std::string& tenant) const {
  std::uint64_t count = 0;
  for (auto at = rows_.lower_bound({kind, tenant, {}}); at != rows_.end(); ++at, ++count) {
    if (at->second.kind != kind || at->second.tenant != tenant) break;
  }
  return count;
}

void MemoryRecords::purge(EventTime now) {
  while (!expiring_.empty() && expiring_.begin()->first <= now) {
    remove(rows_.find(expiring_.begin()->second));
  }
}

void MemoryRecords::remove(Rows::iterator row) {
  const EventRecord& record = row->second;
  if (record.due_at.has_value()) {
    due_.erase({record.kind, *record.due_at, record.tenant, record.name});
  }
  if (record.expires_at.has_value()) expiring_.erase({*record.expires_at, row->first});
  rows_.erase(row);
}

}  // namespace sublet::adapters
