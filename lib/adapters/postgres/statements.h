// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "adapters/postgres/statement.h"

// The statements of the key-value store. Their parameters are bytea and bigint, or arrays of them;
// so are the columns they answer, times as milliseconds since 1970.
namespace sublet::adapters::postgres {

enum class StatementId : std::uint8_t {
  kSetTenant,       // whose rows this transaction sees
  kSetHost,         // it sees everybody's
  kSetTimeout,      // of this transaction's statements
  kGetOne,          // an entry
  kGetMany,         // entries, by place
  kList,            // a page
  kListBackwards,   // a page
  kUsage,           // keys and bytes without what expired
  kSpaces,          // the same by space
  kTenants,         // a page of tenants
  kLockTenant,      // version, keys, bytes; others wait for the transaction's end
  kAddTenant,       // where there is none
  kRaiseVersion,    // of a new tenant, to what may have been given out under its name
  kPutOne,          // a whole commit of one put, if its condition and quota hold
  kWriteMany,       // a whole commit of puts, removes and checks, if all hold
  kReadRows,        // what a commit touches
  kPutRows,         // what a commit came to
  kRemoveRows,      // ...
  kSetTenantUsage,  // ...
  kPurgeTenant,     // takes away some of what expired
  kEraseSome,       // some of a space, or of everything
  kTakeOff,         // keys and bytes that were erased
  kForgetTenant,    // of which everything was erased
  kPurgeSome,       // takes away some of what expired, anybody's
};
inline constexpr std::size_t kStatements = 24;

const Statement& statement_of(StatementId id) noexcept;
// In the order of StatementId.
std::span<const Statement> key_value_statements() noexcept;
// Over the tables of this schema.
std::string statement_text(StatementId id, const std::string& schema);

// Expiry in the parameters of kPutOne and kWriteMany, beside a time.
inline constexpr std::int64_t kNeverExpires = -1;
inline constexpr std::int64_t kKeepsExpiry = -2;

// Rows that kPurgeSome takes away at most; and kPurgeTenant and kEraseSome.
inline constexpr std::int64_t kPurgeBatch = 500;
inline constexpr std::int64_t kTenantBatch = 1000;

}  // namespace sublet::adapters::postgres
