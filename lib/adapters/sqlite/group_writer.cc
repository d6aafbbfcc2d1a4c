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

bool is_erase(const CommitCall&) noexcept { return false; }
bool is_erase(const EraseCall&) noexcept { return true; }

// A part of it was erased: what is done next may go wrong, but that stays.
void keep_progress(WriteCall& call) noexcept {
  auto* erase = std::get_if<EraseCall>(&call);
  if (erase != nullptr) erase->request.progress = std::move(erase->request.next);
}

ErrorCode code_for(const CommitCall&, ErrorCode code) noexcept { return code; }

ErrorCode code_for(const EraseCall& call, ErrorCode code) noexcept {
  return call.request.progress.has_value() ? ErrorCode::kIndeterminate : code;
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
  std::span<WriteCall> rest(group);
  bool more = false;
  do {
    const Result<Done> done = attempt(rest, purge);
    if (!done) {
      give_up(rest, done.error(), purge);
      return false;
    }
    rest = rest.subspan(done->calls);
    more = more || done->more;
    purge = false;
  } while (!rest.empty());
  return more;
}

void GroupWriter::set_error(WriteCall& call, const Error& error) noexcept {
  std::visit(
      [&](auto& one) {
        const ErrorCode code = code_for(one, error.code);
        try {
          one.answer = Error{code, error.message};
        } catch (...) {  // no memory for the message
          one.answer = Error{code, {}};
        }
      },
      call);
}

void GroupWriter::give_up(std::span<WriteCall> calls, const Error& error, bool purge) noexcept {
  // One call too large for the disk must not take the others with it.
  if (error.code == ErrorCode::kResourceExhausted) {
    log_.shrink();
    if (calls.size() > 1 || purge) return write_one_by_one(calls);
  }
  for (WriteCall& call : calls) set_error(call, error);
}

void GroupWriter::write_one_by_one(std::span<WriteCall> calls) noexcept {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Result<Done> done = attempt(calls.subspan(i, 1), false);
    if (done) continue;
    set_error(calls[i], done.error());
    if (done.error().code == ErrorCode::kResourceExhausted) continue;
    // It is not about this call: the others would only wait as long for the same.
    for (WriteCall& call : calls.subspan(i + 1)) set_error(call, done.error());
    return;
  }
}

Result<GroupWriter::Done> GroupWriter::attempt(std::span<WriteCall> calls, bool purge) noexcept {
  if (damage_.has_value()) return *damage_;
  try {
    return run(calls, purge);
  } catch (...) {
    Error error = error_of(std::current_exception());
    note(error);
    return error;
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

GroupWriter::Done GroupWriter::run(std::span<WriteCall> calls, bool purge) {
  std::uint64_t bytes = 0;
  for (const WriteCall& call : calls) bytes += cost(call);
  Done done = run_in(bytes, calls, purge);
  if (done.calls > 0 || calls.empty()) return done;
  // What a compute made of the first call is larger than the call told.
  done = run_in(writes_.wanted(), calls, purge);
  if (done.calls > 0) return done;
  throw Failure{{ErrorCode::kResourceExhausted, "the log has no room left under max_file"}};
}

// Does as many of the calls as are one transaction; none where the first has no room.
GroupWriter::Done GroupWriter::run_in(std::uint64_t room, std::span<WriteCall> calls, bool purge) {
  log_.make_room(room);
  Transaction transaction(connection_, Transaction::Kind::kWrite);
  writes_.begin({log_.largest_transaction(), log_.room()});
  Done done;
  while (done.calls < calls.size() && apply(calls[done.calls])) ++done.calls;
  if (done.calls == 0 && !calls.empty()) return done;
  done.more = purge && writes_.purge();
  writes_.finish();
  commit(transaction);
  for (WriteCall& call : calls.first(done.calls)) keep_progress(call);
  return done;
}

bool GroupWriter::apply(WriteCall& call) {
  return std::visit(
      [this](auto& one) {
        auto answer = writes_.apply(one.request);
        const bool applied = answer.has_value() || is_erase(one);
        if (answer.has_value()) one.answer = *std::move(answer);
        return applied;
      },
      call);
}

void GroupWriter::commit(Transaction& transaction) {
  try {
    transaction.commit();
  } catch (Failure& failure) {
    if (may_be_logged(failure)) failure.error.code = ErrorCode::kIndeterminate;
    throw;
  }
  transactions_.fetch_add(1);
}

void GroupWriter::tidy() noexcept {
  if (!damage_.has_value()) log_.tidy();
}

}  // namespace sublet::adapters::sqlite
