// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <exception>
#include <string>

#include "sublet/error.h"

namespace sublet::adapters::sqlite {

// Thrown inside this folder where something cannot be done; nothing lets it out of the adapter.
struct Failure {
  Error error;
  // SQLite's own code, extended; SQLITE_OK where it was not SQLite that refused.
  int result = SQLITE_OK;
};

// Throws what SQLite said last on this connection, in Sublet's words. `doing`: "reading an entry".
[[noreturn]] void fail(sqlite3* connection, int result, const std::string& doing);

// Of a COMMIT that failed: whether all of the transaction may be in the log, where a later start
// finds it.
bool may_be_logged(const Failure& failure) noexcept;

// Of any exception: what the caller is told.
Error error_of(const std::exception_ptr& thrown) noexcept;

}  // namespace sublet::adapters::sqlite
