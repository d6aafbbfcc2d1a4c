// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/failure.h"
#include "adapters/sqlite/log_keeper.h"
#include "sublet/result.h"

namespace sublet::adapters::sqlite {

// Writes calls in groups: each group is one transaction, and one wait for the disk. `Side` says
// what calls are, and what they do (see KeyValueSide). Belongs to the writer's thread;
// transactions() from any. Throws only from its constructor.
template <typename Side>
class GroupWriterOf {
 public:
  using Call = typename Side::WriteCall;
  using Writes = typename Side::Writes;

  GroupWriterOf(Connection& connection, const typename Side::Options& options)
      : connection_(connection),
        log_(connection, options.path, options.max_file),
        writes_(Side::make_writes(connection, options)) {}

  // Gives every call its answer; those that say it was done, after it was. A call of which only a
  // part was done gets none yet, and wants to be in a later group too. Calls that turn out to
  // be too much for one transaction get several. With `purge`, also takes out what expired. Answers
  // whether there may be more of that.
  bool write(std::vector<Call>& group, bool purge) noexcept;
  // Between groups.
  void tidy() noexcept {
    if (!damage_.has_value()) log_.tidy();
  }

  void use_mover(std::function<void()> ask) { log_.use_mover(std::move(ask)); }

  // How much of what waits may be one group, by cost().
  std::uint64_t largest_group() const { return log_.largest_transaction(); }
  // What the call makes the log grow by.
  static std::uint64_t cost(const Call& call) noexcept { return Side::cost(call); }

  // Its answer; of a call that has begun, that nobody knows.
  static void set_error(Call& call, const Error& error) noexcept;

  // How many were committed.
  std::uint64_t transactions() const noexcept { return transactions_.load(); }
  Writes& writes() noexcept { return writes_; }

 private:
  // What one transaction has done.
  struct Done {
    std::size_t calls = 0;  // the first ones
    bool more = false;      // to purge
  };

  Result<Done> attempt(std::span<Call> calls, bool purge) noexcept;
  Done run(std::span<Call> calls, bool purge);
  Done run_in(std::uint64_t room, std::span<Call> calls, bool purge);
  void commit(Transaction& transaction);
  void give_up(std::span<Call> calls, const Error& error, bool purge) noexcept;
  void write_one_by_one(std::span<Call> calls) noexcept;
  void note(const Error& error) noexcept;

  Connection& connection_;
  LogKeeper log_;
  Writes writes_;
  // Set where the database turned out to be damaged: it is not written any more.
  std::optional<Error> damage_;
  std::atomic<std::uint64_t> transactions_{0};
};

template <typename Side>
bool GroupWriterOf<Side>::write(std::vector<Call>& group, bool purge) noexcept {
  std::span<Call> rest(group);
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

template <typename Side>
void GroupWriterOf<Side>::set_error(Call& call, const Error& error) noexcept {
  std::visit(
      [&](auto& one) {
        const ErrorCode code =
            Side::has_begun(one.request) ? ErrorCode::kIndeterminate : error.code;
        try {
          one.answer = Error{code, error.message};
        } catch (...) {  // no memory for the message
          one.answer = Error{code, {}};
        }
      },
      call);
}

template <typename Side>
void GroupWriterOf<Side>::give_up(std::span<Call> calls, const Error& error, bool purge) noexcept {
  // One call too large for the disk must not take the others with it.
  if (error.code == ErrorCode::kResourceExhausted) {
    log_.shrink();
    if (calls.size() > 1 || purge) return write_one_by_one(calls);
  }
  for (Call& call : calls) set_error(call, error);
}

template <typename Side>
void GroupWriterOf<Side>::write_one_by_one(std::span<Call> calls) noexcept {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Result<Done> done = attempt(calls.subspan(i, 1), false);
    if (done) continue;
    set_error(calls[i], done.error());
    if (done.error().code == ErrorCode::kResourceExhausted) continue;
    // It is not about this call: the others would only wait as long for the same.
    for (Call& call : calls.subspan(i + 1)) set_error(call, done.error());
    return;
  }
}

template <typename Side>
auto GroupWriterOf<Side>::attempt(std::span<Call> calls, bool purge) noexcept -> Result<Done> {
  if (damage_.has_value()) return *damage_;
  try {
    return run(calls, purge);
  } catch (...) {
    Error error = error_of(std::current_exception());
    note(error);
    return error;
  }
}

template <typename Side>
void GroupWriterOf<Side>::note(const Error& error) noexcept {
  if (error.code != ErrorCode::kFailedPrecondition) return;
  damage_ = error;
  try {
    connection_.set_checkpoint_on_close(false);
  } catch (...) {  // it only means another look at the log when the file is closed
  }
}

template <typename Side>
auto GroupWriterOf<Side>::run(std::span<Call> calls, bool purge) -> Done {
  std::uint64_t bytes = 0;
  for (const Call& call : calls) bytes += cost(call);
  Done done = run_in(bytes, calls, purge);
  if (done.calls > 0 || calls.empty()) return done;
  // The first call turned out to be larger than it told.
  done = run_in(writes_.wanted(), calls, purge);
  if (done.calls > 0) return done;
  throw Failure{{ErrorCode::kResourceExhausted, "the log has no room left under max_file"}};
}

// Does as many of the calls as are one transaction; none where the first has no room.
template <typename Side>
auto GroupWriterOf<Side>::run_in(std::uint64_t room, std::span<Call> calls, bool purge) -> Done {
  log_.make_room(room);
  Side::prepare(connection_, writes_, calls);
  Transaction transaction(connection_, Transaction::Kind::kWrite);
  writes_.begin({log_.largest_transaction(), log_.room()});
  Done done;
  while (done.calls < calls.size() && Side::apply(writes_, calls[done.calls])) ++done.calls;
  if (done.calls == 0 && !calls.empty()) return done;
  done.more = purge && writes_.purge();
  writes_.finish();
  commit(transaction);
  // What fails from here on would be done again.
  static_assert(
      noexcept(Side::keep_progress(std::declval<Call&>()))&& noexcept(Side::committed(writes_)));
  for (Call& call : calls.first(done.calls)) Side::keep_progress(call);
  Side::committed(writes_);
  return done;
}

template <typename Side>
void GroupWriterOf<Side>::commit(Transaction& transaction) {
  try {
    transaction.commit();
  } catch (Failure& failure) {
    if (may_be_logged(failure)) failure.error.code = ErrorCode::kIndeterminate;
    throw;
  }
  transactions_.fetch_add(1);
}

}  // namespace sublet::adapters::sqlite
