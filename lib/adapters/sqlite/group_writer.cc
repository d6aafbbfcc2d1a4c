// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/group_writer.h"

#include <exception>
#include <utility>

#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite {
namespace {

// What the call makes the log grow by. Not told by it: what an erase touches. It may pass
// max_file, since it is the way out of a full file.
std::uint64_t cost_of(const CommitCall& call) noexcept {
  std::uint64_t bytes = 0;
  for (const KeyValueWrite& write : call.request.writes) {
    bytes += write.at.space.size() + write.at.key.size() + write.value.data.size();
  }
  return log_bytes(bytes, call.request.writes.size());
}

std::uint64_t cost_of(const EraseCall&) noexcept { return log_bytes(0, 1); }

void set_error(WriteCall& call, const Error& error) noexcept {
  std::visit(
      [&](auto& one) {
        try {
          one.answer = error;
        } catch (...) {  // no memory for the message
          one.answer = Error{error.code, {}};
        }
      },
      call);
}

}  // namespace

GroupWriter::GroupWriter(Connection& connection, const SqliteKeyValueOptions& options)
    : connection_(connection),
      log_(connection, options.path, options.max_file),
      writes_(connection, options.clock) {}

std::uint64_t GroupWriter::cost(const WriteCall& call) noexcept {
  return std::visit([](const auto& one) { return cost_of(one); }, call);
}

bool GroupWriter::write(std::vector<WriteCall>& group, bool purge) noexcept {
  Attempt made = attempt(group, purge);
  if (made.error.has_value() && made.error->code == ErrorCode::kResourceExhausted) {
    log_.shrink();
    // One call too large for the disk must not take the others with it.
    if (group.size() > 1 || purge) {
      write_one_by_one(group);
      return false;
    }
  }
  if (made.error.has_value()) {
    for (WriteCall& call : group) set_error(call, *made.error);
  }
  return made.more;
}

void GroupWriter::write_one_by_one(std::span<WriteCall> calls) noexcept {
  for (WriteCall& call : calls) {
    const Attempt made = attempt({&call, 1}, false);
    if (made.error.has_value()) set_error(call, *made.error);
  }
}

GroupWriter::Attempt GroupWriter::attempt(std::span<WriteCall> calls, bool purge) noexcept {
  if (damage_.has_value()) return {damage_, false};
  try {
    return {std::nullopt, run(calls, purge)};
  } catch (...) {
    const Error error = error_of(std::current_exception());
    note(error);
    return {error, false};
  }
}

void GroupWriter::note(const Error& error) noexcept {
  if (error.code != ErrorCode::kFailedPrecondition) return;
  damage_ = error;
  try {
    connection_.set_checkpoint_on_close(false);
  } catch (...) {  // it only means another look at the log when the file is closed
  }
}

bool GroupWriter::run(std::span<WriteCall> calls, bool purge) {
  std::uint64_t bytes = 0;
  for (const WriteCall& call : calls) bytes += cost(call);
  log_.make_room(bytes);
  Transaction transaction(connection_, Transaction::Kind::kWrite);
  writes_.begin();
  for (WriteCall& call : calls) {
    std::visit([&](auto& one) { one.answer = writes_.apply(one.request); }, call);
  }
  const bool more = purge && writes_.purge();
  writes_.finish();
  commit(transaction);
  return more;
}

// A log that could not be written or synced may hold all of the transaction, and a later start may
// find it there. A full disk is no such case: the transaction's last page is missing.
void GroupWriter::commit(Transaction& transaction) {
  try {
    transaction.commit();
  } catch (Failure& failure) {
    if ((failure.result & 0xff) == SQLITE_IOERR &&
        failure.error.code != ErrorCode::kResourceExhausted) {
      failure.error.code = ErrorCode::kIndeterminate;
    }
    throw;
  }
  transactions_.fetch_add(1);
}

void GroupWriter::tidy() noexcept {
  if (!damage_.has_value()) log_.tidy();
}

}  // namespace sublet::adapters::sqlite
