// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "adapters/postgres/statement.h"

// The statements of the event queue. Their parameters are bytea and bigint, or arrays of them; so
// are the columns they answer, times as milliseconds since 1970.
namespace sublet::adapters::postgres {

enum class EventStatement : std::uint8_t {
  kPlanAnew,       // this transaction's statements are planned for their parameters
  kSetTimeout,     // of this transaction's statements
  kLock,           // what others must not change until the transaction's end
  kInsert,         // deliveries, in their order; answers their ids
  kClaim,          // what is due in some queues
  kMendLeases,     // ends those that a clock that went back made too long
  kExtend,         // leases
  kReady,          // queues and when they are due
  kSettleDone,     // they are gone
  kSettleDead,     // they become dead letters
  kSettleAgain,    // they wait again
  kFind,           // deliveries that fit a filter
  kFindDead,       // dead letters that fit a filter
  kPick,           // their ids
  kPickDead,       // ...
  kCount,          // deliveries that fit a filter, by state
  kCountDead,      // ...
  kHold,           // deliveries, which nobody else claims or settles meanwhile
  kBury,           // deliveries become dead letters
  kRemove,         // deliveries are gone
  kRemoveDead,     // dead letters are gone
  kReplay,         // dead letters become deliveries
  kReadKeys,       // what was enqueued with these keys
  kWriteKeys,      // ...
  kReadVersions,   // of records
  kCountRecords,   // of kinds and tenants
  kWriteRecords,   // answers their versions
  kRemoveRecords,  // ...
  kRecords,        // a page
  kTenantRecords,  // a page of one tenant's
  kDueRecords,     // ...
  kCompletions,    // a page
  kForget,         // completions that are old
  kErase,          // the rest of a tenant's rows
  kPurge,          // keys and records that expired
  kNotify,         // those who listen
};

const Statement& statement_of(EventStatement id) noexcept;
// In the order of EventStatement.
std::span<const Statement> event_statements() noexcept;

// In a parameter or column of a time: there is none; as the time it is now: the server's.
inline constexpr std::int64_t kNoTime = INT64_MIN;

// As event_deliveries.state.
inline constexpr std::int64_t kWaitingState = 0;
inline constexpr std::int64_t kClaimedState = 1;
inline constexpr std::int64_t kBlockedState = 2;

// Rows that kMendLeases changes at most.
inline constexpr std::int64_t kMendBatch = 1000;

// Rows of each table that kPurge takes away at most.
inline constexpr std::int64_t kEventPurgeBatch = 500;

}  // namespace sublet::adapters::postgres
