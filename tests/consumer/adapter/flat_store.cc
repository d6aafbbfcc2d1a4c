// SPDX-License-Identifier: Apache-2.0
#include "flat_store.h"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

using namespace sublet;  // NOLINT: as a user would write

namespace {

using Status = KeyValueCommitted::Status;
using Kind = KeyValueWrite::Kind;

// What a write comes to; nothing: the entry goes.
Result<std::optional<KeyValueValue>> value_of(const KeyValueWrite& write,
                                              const KeyValueEntry* current, std::uint64_t version) {
  if (write.kind == Kind::kPut) return std::optional<KeyValueValue>(write.value);
  if (write.kind == Kind::kRemove) return std::optional<KeyValueValue>();
  try {
    auto made = write.compute(write.needs_current ? current : nullptr, version);
    if (made && made->has_value() && (*made)->data.size() > KeyValueStore::kMaxValueBytes) {
      return Error{ErrorCode::kInvalidArgument, "the value is too large"};
    }
    return made;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, error.what()};
  }
}

std::optional<KeyValueTime> expiry_of(const KeyValueWrite& write, const KeyValueEntry* current,
                                      KeyValueTime now) {
  if (write.expiry.kind == KeyValueExpiry::Kind::kAfter) return now + write.expiry.ttl;
  if (write.expiry.kind == KeyValueExpiry::Kind::kKeep && current) return current->expires_at;
  return std::nullopt;
}

}  // namespace

void FlatStore::purge() {
  now_ = clock_();
  std::erase_if(entries_, [this](const auto& entry) {
    return entry.second.expires_at && *entry.second.expires_at <= now_;
  });
}

void FlatStore::get(KeyValueGet request, KeyValueCallback<Entries> done) noexcept {
  if (auto valid = validate(request); !valid) return done(valid.error());
  Entries entries;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    for (const KeyValueKey& at : request.keys) {
      const auto found = entries_.find({request.tenant, at.space, at.key});
      entries.push_back(found == entries_.end() ? std::nullopt : std::optional(found->second));
    }
  }
  done(std::move(entries));
}

void FlatStore::list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept {
  if (auto valid = validate(request); !valid) return done(valid.error());
  KeyValuePage page;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    page = list_locked(request);
  }
  done(std::move(page));
}

KeyValuePage FlatStore::list_locked(const KeyValueList& request) const {
  std::vector<KeyValueEntry> all;
  for (auto at = entries_.lower_bound({request.tenant, request.space, request.prefix});
       at != entries_.end() && std::get<0>(at->first) == request.tenant &&
       std::get<1>(at->first) == request.space &&
       std::get<2>(at->first).starts_with(request.prefix);
       ++at) {
    all.push_back(at->second);
  }
  if (request.reverse) std::reverse(all.begin(), all.end());
  KeyValuePage page;
  std::uint64_t bytes = 0;
  for (KeyValueEntry& entry : all) {
    if (request.after &&
        (request.reverse ? entry.key >= *request.after : entry.key <= *request.after)) {
      continue;
    }
    if (request.keys_only) entry.value = {KeyValueType::kBytes, ""};
    bytes += entry.key.size() + entry.value.data.size();
    page.more = page.entries.size() == request.limit ||
                (!page.entries.empty() && bytes > request.max_bytes.count);
    if (page.more) break;
    page.entries.push_back(std::move(entry));
  }
  return page;
}

void FlatStore::commit(KeyValueCommit request, KeyValueCallback<KeyValueCommitted> done) noexcept {
  if (auto valid = validate(request); !valid) return done(valid.error());
  Result<KeyValueCommitted> answer = KeyValueCommitted{};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    // All or nothing: what fails leaves the entries as they were.
    Map before = entries_;
    answer = commit_locked(request);
    if (!answer || answer->status != Status::kCommitted) entries_ = std::move(before);
    if (answer) answer->usage = usage_locked(request.tenant);
  }
  done(std::move(answer));
}

Result<KeyValueCommitted> FlatStore::commit_locked(const KeyValueCommit& request) {
  KeyValueCommitted answer;
  const KeyValueUsage before = usage_locked(request.tenant);
  for (std::size_t i = 0; i < request.writes.size(); ++i) {
    const KeyValueWrite& write = request.writes[i];
    const auto found = entries_.find({request.tenant, write.at.space, write.at.key});
    const std::uint64_t version = found == entries_.end() ? 0 : found->second.version;
    answer.existed.push_back(version != 0);
    if (write.condition.holds(version)) continue;
    return KeyValueCommitted{Status::kConflict, version, i, {}, {}, {}};
  }
  answer.version = ++version_;
  for (std::size_t i = 0; i < request.writes.size(); ++i) {
    const KeyValueWrite& write = request.writes[i];
    if (write.kind == Kind::kCheck) continue;
    const Name name{request.tenant, write.at.space, write.at.key};
    const auto found = entries_.find(name);
    const KeyValueEntry* current = found == entries_.end() ? nullptr : &found->second;
    auto value = value_of(write, current, answer.version);
    if (!value) return KeyValueCommitted{Status::kRefused, 0, i, value.error().message, {}, {}};
    const auto end = expiry_of(write, current, now_);
    entries_.erase(name);
    if (value->has_value()) {
      entries_[name] = {write.at.key, **std::move(value), answer.version, now_, end};
    }
  }
  const KeyValueUsage after = usage_locked(request.tenant);
  if (after.keys > before.keys && after.keys > request.max_keys) {
    answer.status = Status::kOverKeys;
  } else if (after.bytes > before.bytes && after.bytes > request.max_bytes) {
    answer.status = Status::kOverBytes;
  }
  return answer;
}

FlatStore::Spaces FlatStore::spaces_locked(const std::string& tenant) const {
  Spaces spaces;
  for (const auto& [name, entry] : entries_) {
    if (std::get<0>(name) != tenant) continue;
    KeyValueUsage& usage = spaces[std::get<1>(name)];
    ++usage.keys;
    usage.bytes.count += entry.key.size() + entry.value.data.size();
  }
  return spaces;
}

KeyValueUsage FlatStore::usage_locked(const std::string& tenant) const {
  KeyValueUsage sum;
  for (const auto& [space, usage] : spaces_locked(tenant)) {
    sum.keys += usage.keys;
    sum.bytes.count += usage.bytes.count;
  }
  return sum;
}

void FlatStore::usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept {
  if (auto valid = validate_key_value_name("tenant", tenant); !valid) return done(valid.error());
  KeyValueUsage usage;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    usage = usage_locked(tenant);
  }
  done(usage);
}

void FlatStore::spaces(std::string tenant, KeyValueCallback<Spaces> done) noexcept {
  if (auto valid = validate_key_value_name("tenant", tenant); !valid) return done(valid.error());
  Spaces spaces;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    spaces = spaces_locked(tenant);
  }
  done(std::move(spaces));
}

void FlatStore::erase(std::string tenant, std::optional<std::string> space,
                      KeyValueCallback<std::uint64_t> done) noexcept {
  auto valid = validate_key_value_name("tenant", tenant);
  if (valid && space) valid = validate_key_value_name("space", *space);
  if (!valid) return done(valid.error());
  std::uint64_t count = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    count = std::erase_if(entries_, [&](const auto& entry) {
      return std::get<0>(entry.first) == tenant && (!space || std::get<1>(entry.first) == *space);
    });
  }
  done(count);
}

void FlatStore::tenants(std::string after, std::uint32_t limit,
                        KeyValueCallback<std::vector<std::string>> done) noexcept {
  if (limit < 1 || limit > kMaxPage) {
    return done(Error{ErrorCode::kInvalidArgument, "limit must be 1 to 1000"});
  }
  std::set<std::string> names;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    purge();
    for (const auto& [name, entry] : entries_) {
      if (std::get<0>(name) > after && names.size() < limit) names.insert(std::get<0>(name));
    }
  }
  done(std::vector<std::string>(names.begin(), names.end()));
}
