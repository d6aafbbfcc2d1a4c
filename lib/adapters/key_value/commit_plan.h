// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sublet/adapters/key_value_store.h"

// What a commit comes to, told from what is there: the same for every engine. The engine reads what
// a commit touches, plans, and carries the plan out, with nobody in between.
namespace sublet::adapters {

// What the engine has stored for one write of a commit.
struct StoredEntry {
  // Of its row, 0 where there is none: bytes of key and value, also of an entry that expired and is
  // not purged yet.
  std::uint64_t bytes = 0;
  std::uint64_t version = 0;
  std::optional<KeyValueTime> expires_at;
  // The value, where reads_current() says that it is needed and the entry is alive.
  std::optional<KeyValueEntry> entry;
};

// Whether the engine has to read the entry itself for this write, and not only what it is.
bool reads_current(const KeyValueWrite& write) noexcept;

// Whether an entry that ends at that time is there.
bool is_alive(const std::optional<KeyValueTime>& expires_at, KeyValueTime now) noexcept;

// A row to write or to take away.
struct PlannedWrite {
  std::size_t write = 0;  // its place in KeyValueCommit::writes
  bool remove = false;
  // Of a put: null, the value is the request's own. Of a compute: what it answered.
  std::optional<KeyValueValue> computed;
  std::optional<KeyValueTime> expires_at;

  const KeyValueValue& value(const KeyValueCommit& commit) const {
    return computed.has_value() ? *computed : commit.writes[write].value;
  }
};

struct CommitPlan {
  KeyValueCommitted answer;
  std::vector<PlannedWrite> writes;  // only where the answer is kCommitted
  // The usage that the refusal rests on may count entries that expired: the engine purges the
  // tenant's and plans again, once.
  bool over_quota() const noexcept {
    return answer.status == KeyValueCommitted::Status::kOverKeys ||
           answer.status == KeyValueCommitted::Status::kOverBytes;
  }
};

// `stored` has one place for each write. `usage` is of all rows of the tenant; `version` what the
// commit gets. What a compute throws refuses the commit.
CommitPlan plan_commit(const KeyValueCommit& commit, const std::vector<StoredEntry>& stored,
                       const KeyValueUsage& usage, std::uint64_t version, KeyValueTime now);

// The clock's time, or the machine's.
KeyValueTime now_of(const KeyValueClock& clock);

}  // namespace sublet::adapters
