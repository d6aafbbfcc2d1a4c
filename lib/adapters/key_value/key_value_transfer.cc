// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "adapters/key_value/commit_plan.h"
#include "adapters/key_value/guarded.h"
#include "adapters/key_value/key_value_line.h"
#include "sublet/key_value_data.h"

// A tenant's entries as lines of JSON, out and in.
namespace sublet {
inline namespace v1 {
namespace {

using adapters::guarded;

// Of values in one commit of an import, unless one of them is larger.
constexpr std::size_t kBatchBytes = 1u << 20;

Result<std::uint64_t> export_all(const KeyValueData& data, std::string_view tenant,
                                 const KeyValueLineSink& sink) {
  auto spaces = data.spaces(tenant);
  if (!spaces) return std::move(spaces).error();
  std::uint64_t count = 0;
  for (const auto& [space, usage] : *spaces) {
    if (adapters::is_internal_space(space)) continue;
    KeyValueList request;
    request.tenant = tenant;
    request.space = space;
    request.limit = KeyValueStore::kMaxPage;
    for (;;) {
      auto page = data.list(request);
      if (!page) return std::move(page).error();
      for (const KeyValueEntry& entry : page->entries) {
        ++count;
        if (!sink(adapters::line_of(space, entry))) return count;
      }
      if (!page->more || page->entries.empty()) break;
      request.after = std::move(page->entries.back().key);
    }
  }
  return count;
}

// Reads lines and writes them, many in one commit.
class Import {
 public:
  Import(KeyValueData& data, std::string_view tenant) : data_(data), tenant_(tenant) {}

  Result<std::uint64_t> run(const KeyValueLineSource& source) {
    std::string line;
    while (source(line)) {
      ++line_;
      if (line.find_first_not_of(" \t\r\n") == std::string::npos) continue;
      Result<void> added = add(line);
      if (added) continue;
      // What stands before the line is written.
      if (Result<void> flushed = flush(); !flushed) return std::move(flushed).error();
      return Error{added.error().code,
                   "line " + std::to_string(line_) + ": " + added.error().message};
    }
    if (Result<void> flushed = flush(); !flushed) return std::move(flushed).error();
    return written_;
  }

 private:
  Result<void> add(std::string_view line) {
    auto parsed = adapters::parse_line(line);
    if (!parsed) return std::move(parsed).error();
    if (adapters::is_internal_space(parsed->at.space)) {
      return Error{ErrorCode::kInvalidArgument, "space is one of Sublet's own"};
    }
    const std::optional<KeyValueTime> end = parsed->expires_at;
    KeyValueWrite write;
    write.kind = KeyValueWrite::Kind::kPut;
    write.at = std::move(parsed->at);
    write.value = std::move(parsed->value);
    const std::size_t size = write.at.key.size() + write.value.data.size();
    KeyValueCommit alone;
    alone.tenant = tenant_;
    alone.writes.push_back(std::move(write));
    if (Result<void> valid = validate(alone); !valid) return valid;
    write = std::move(alone.writes.front());
    if (batch_.writes.size() == KeyValueStore::kMaxWrites || bytes_ + size > kBatchBytes ||
        keys_.contains(write.at)) {
      if (Result<void> flushed = flush(); !flushed) return flushed;
    }
    if (batch_.writes.empty()) first_ = line_;
    bytes_ += size;
    keys_.insert(write.at);
    batch_.writes.push_back(std::move(write));
    ends_.push_back(end);
    return {};
  }

  // What is to be written now. An import may take long: how long an entry still has is told last.
  KeyValueCommit take_batch() {
    const KeyValueTime now = adapters::now_of({});
    KeyValueCommit commit;
    commit.tenant = tenant_;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      KeyValueWrite& write = batch_.writes[i];
      if (ends_[i].has_value()) {
        if (*ends_[i] <= now) continue;  // it ended since it was exported
        write.expiry = KeyValueExpiry::after(std::clamp<std::chrono::milliseconds>(
            *ends_[i] - now, KeyValueStore::kMinTtl, KeyValueStore::kMaxTtl));
      }
      commit.writes.push_back(std::move(write));
    }
    batch_ = {};
    ends_.clear();
    bytes_ = 0;
    keys_.clear();
    return commit;
  }

  Result<void> flush() {
    KeyValueCommit commit = take_batch();
    const std::size_t count = commit.writes.size();
    if (count == 0) return {};
    auto committed = data_.commit(std::move(commit));
    if (!committed) return Error{committed.error().code, place() + committed.error().message};
    if (committed->status != KeyValueCommitted::Status::kCommitted) {
      return Error{ErrorCode::kInvalidArgument,
                   place() + "the store refused it: " + committed->message};
    }
    written_ += count;
    return {};
  }

  // Where in the source the commit under way begins.
  std::string place() const { return "in the commit of line " + std::to_string(first_) + " on: "; }

  KeyValueData& data_;
  const std::string tenant_;
  std::uint64_t line_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t written_ = 0;
  KeyValueCommit batch_;
  std::vector<std::optional<KeyValueTime>> ends_;  // of the batch's writes
  std::set<KeyValueKey> keys_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::uint64_t> KeyValueData::export_lines(std::string_view tenant,
                                                 const KeyValueLineSink& sink) const {
  return guarded([&] { return export_all(*this, tenant, sink); });
}

Result<std::uint64_t> KeyValueData::import_lines(std::string_view tenant,
                                                 const KeyValueLineSource& source) {
  return guarded([&] { return Import(*this, tenant).run(source); });
}

}  // namespace v1
}  // namespace sublet
