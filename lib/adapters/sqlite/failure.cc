// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/failure.h"

#include <cerrno>
#include <new>

namespace sublet::adapters::sqlite {
namespace {

ErrorCode code_of_io(int result, int system_error) {
  if (result == SQLITE_IOERR_CORRUPTFS) return ErrorCode::kFailedPrecondition;
  if (result == SQLITE_IOERR_NOMEM) return ErrorCode::kResourceExhausted;
  const bool full = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
  return full ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable;
}

ErrorCode code_of(int result, int system_error) {
  switch (result & 0xff) {
    case SQLITE_IOERR:
      return code_of_io(result, system_error);
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return ErrorCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return ErrorCode::kFailedPrecondition;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

void fail(sqlite3* connection, int result, const std::string& doing) {
  const int extended = connection == nullptr ? result : sqlite3_extended_errcode(connection);
  const int known = (extended & 0xff) == (result & 0xff) ? extended : result;
  const int system_error = connection == nullptr ? 0 : sqlite3_system_errno(connection);
  const char* said = connection == nullptr || known != extended ? sqlite3_errstr(result)
                                                                : sqlite3_errmsg(connection);
  throw Failure{{code_of(known, system_error), "SQLite, " + doing + ": " + said}, known};
}

// Not where a write found the disk full: the transaction's last page is missing then. But where the
// disk is full as the log is synced or indexed, or memory ends, all may have been written before.
bool may_be_logged(const Failure& failure) noexcept {
  switch (failure.result & 0xff) {
    case SQLITE_IOERR:
      return failure.result != SQLITE_IOERR_WRITE ||
             failure.error.code != ErrorCode::kResourceExhausted;
    case SQLITE_NOMEM:
      return true;
    default:
      return false;
  }
}

Error error_of(const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const Failure& failure) {
    return failure.error;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kResourceExhausted, "no memory"};
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, error.what()};
  } catch (...) {
    return Error{ErrorCode::kInternal, "an exception of an unknown kind"};
  }
}

}  // namespace sublet::adapters::sqlite
