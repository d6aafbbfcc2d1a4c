// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/pool.h"

#include <uv.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace sublet::adapters::postgres {
namespace {

// So often a call is sent in vain before its caller is told.
constexpr std::uint32_t kMostFailures = 8;

// Milliseconds until the next look at entries that were due and changed while they were taken away.
constexpr std::uint64_t kPurgePause = 100;

std::uint64_t milliseconds(std::chrono::milliseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

}  // namespace

Pool::Pool(uv_loop_s* loop, const PoolOptions& options, const ConnectSettings& settings,
           const Tables& tables, std::atomic<std::size_t>& waiting, Host& host)
    : loop_(loop),
      options_(options),
      tables_(tables),
      waiting_count_(waiting),
      host_(host),
      random_(static_cast<std::uint32_t>(uv_hrtime())) {
  Connection::Owner& owner = *this;
  for (std::uint32_t i = 0; i < options.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>(loop, options, settings, tables, owner));
  }
}

void Pool::open(std::function<void(Result<void>)> done) {
  opened_ = std::move(done);
  schema_.emplace(tables_.schema());
  none_since_ = uv_now(loop_);
  open_until_ = none_since_ + milliseconds(options_.connect_timeout);
  connect(*connections_.front());
}

void Pool::add(std::unique_ptr<Call> call) {
  call->waits_since = uv_now(loop_);
  waiting_.add(std::move(call));
}

void Pool::dispatch() {
  if (closing_) return;
  host_.add_arrived();
  if (!schema_) {
    send_waiting();
    connect_if_needed();
    fail_expired();
  }
  host_.dispatched();
}

void Pool::send_waiting() {
  while (!waiting_.empty()) {
    Connection* connection = room_for_one(waiting_.first_is_alone());
    if (connection == nullptr) break;
    crowded_ |= connection->under_way() > 0;
    connection->start(take_waiting());
  }
}

std::unique_ptr<Transaction> Pool::take_waiting() {
  struct Count {
    ~Count() { pool.waiting_count_.fetch_sub(before - pool.waiting_.size()); }
    Pool& pool;
    const std::size_t before;
  };
  const Count count{*this, waiting_.size()};
  return waiting_.take();
}

Connection* Pool::room_for_one(bool idle) const noexcept {
  Connection* best = nullptr;
  for (const auto& connection : connections_) {
    if (!connection->has_room()) continue;
    if (connection->under_way() == 0) return connection.get();
    if (!idle && (best == nullptr || connection->under_way() < best->under_way())) {
      best = connection.get();
    }
  }
  return best;
}

// One at a time: where the first fails, so would the others.
void Pool::connect_if_needed() {
  const bool needed = crowded_ || !waiting_.empty();
  crowded_ = false;
  if (!needed || (failed_attempts_ > 0 && uv_now(loop_) < next_attempt_)) return;
  Connection* closed = nullptr;
  for (const auto& connection : connections_) {
    if (connection->closed()) {
      closed = connection.get();
    } else if (!connection->ready()) {
      return;
    }
  }
  if (closed != nullptr) connect(*closed);
}

void Pool::connect(Connection& connection) { connection.connect(schema_ ? &*schema_ : nullptr); }

void Pool::connected(Connection&) {
  if (!schema_) return;
  schema_.reset();
  purge_at_ = uv_now(loop_) + milliseconds(options_.purge_interval);
  finish_open({});
}

void Pool::ended(Pipeline::Ended ended) { settle(std::move(ended)); }

void Pool::lost(Connection& connection, const Error& why, bool was_ready,
                std::vector<Pipeline::Ended> rest) {
  last_error_ = why;
  // A server or pooler that lets everybody in may still be of no use: a standby, for instance.
  if (was_ready && connection.was_good()) {
    failed_attempts_ = 0;
  } else {
    back_off();
  }
  if (was_ready && ready() == 0) none_since_ = uv_now(loop_);
  for (auto& ended : rest) settle(std::move(ended));
  if (!schema_ || !opened_) return;
  const bool hopeless = connection.refused() || why.code != ErrorCode::kUnavailable;
  if (hopeless || next_attempt_ >= open_until_) finish_open(why);
}

// Between half and all of a time that doubles, so that hosts do not come all at once.
void Pool::back_off() {
  const std::uint64_t first = milliseconds(options_.first_backoff);
  const std::uint64_t last = std::max(first, milliseconds(options_.last_backoff));
  const std::uint32_t doublings = std::min(failed_attempts_, 30u);
  const std::uint64_t most = std::min(last, first << doublings);
  ++failed_attempts_;
  std::uniform_int_distribution<std::uint64_t> between(most / 2, most);
  next_attempt_ = uv_now(loop_) + std::max<std::uint64_t>(1, between(random_));
}

void Pool::settle(Pipeline::Ended ended) noexcept {
  Transaction& transaction = *ended.transaction;
  try {
    if (ended.failure) {
      try_again(after_failure(transaction.take_calls(), *ended.failure, transaction.writes()));
    } else {
      try_again(transaction.finish());
    }
  } catch (const std::exception&) {
    // No memory: calls that were not answered say so as they go.
  }
  if (transaction.tenant() != nullptr) waiting_.release(*transaction.tenant());
}

// Answers those that will not be tried again.
std::vector<std::unique_ptr<Call>> Pool::after_failure(std::vector<std::unique_ptr<Call>> calls,
                                                       const Failure& failure, bool writes) {
  Error error = failure.error;
  const bool maybe_done = failure.unknown && writes;
  if (maybe_done) error.code = ErrorCode::kIndeterminate;
  const bool retry = !closing_ && !maybe_done && (failure.retry || failure.unknown);
  // One of them may be what the server cannot do.
  const bool apart =
      !closing_ && !maybe_done && calls.size() > 1 && failure.error.code == ErrorCode::kInternal;
  std::vector<std::unique_ptr<Call>> again;
  for (auto& call : calls) {
    if (apart) static_cast<CommitCall&>(*call).apart = true;
    if (apart || (retry && ++call->failures < kMostFailures)) {
      again.push_back(std::move(call));
    } else {
      call->fail(error);
    }
  }
  return again;
}

void Pool::try_again(std::vector<std::unique_ptr<Call>> calls) {
  for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
    (*call)->waits_since = uv_now(loop_);
    waiting_.add_in_front(std::move(*call));
    waiting_count_.fetch_add(1);
  }
}

void Pool::fail(std::vector<std::unique_ptr<Call>> calls, const Error& error) {
  waiting_count_.fetch_sub(calls.size());
  for (const auto& call : calls) call->fail(error);
}

// When the first call has waited long enough for a connection. Those that came while there was one
// wait since there was none.
std::uint64_t Pool::waits_until() const noexcept {
  if (waiting_.empty() || ready() > 0) return UINT64_MAX;
  return std::max(waiting_.oldest(), none_since_) + milliseconds(options_.queue_timeout);
}

void Pool::fail_expired() {
  const std::uint64_t now = uv_now(loop_);
  if (now < waits_until()) return;
  fail(waiting_.take_since(now - milliseconds(options_.queue_timeout)), last_error_);
}

std::size_t Pool::ready() const noexcept {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& c) { return c->ready(); }));
}

std::uint64_t Pool::due() const noexcept {
  std::uint64_t due = std::min(purge_at_, waits_until());
  for (const auto& connection : connections_) due = std::min(due, connection->deadline());
  const bool wants_connection = schema_ || !waiting_.empty();
  const bool backs_off = failed_attempts_ > 0 && next_attempt_ > uv_now(loop_);
  return backs_off && wants_connection ? std::min(due, next_attempt_) : due;
}

void Pool::on_time() {
  for (const auto& connection : connections_) connection->check();
  const std::uint64_t now = uv_now(loop_);
  if (schema_ && opened_ && connections_.front()->closed() && now >= next_attempt_) {
    connect(*connections_.front());
  }
  if (now >= purge_at_) purge();
  dispatch();
}

void Pool::finish_open(Result<void> result) {
  if (opened_) std::exchange(opened_, nullptr)(std::move(result));
}

void Pool::purge() {
  purge_at_ = UINT64_MAX;
  waiting_count_.fetch_add(1);
  add(tables_.purge([this](std::optional<Purged> answer) { purged(answer); }));
}

// A full batch says that there is more; somebody else's turn comes in between.
void Pool::purged(std::optional<Purged> purged) {
  if (closing_) return;
  const bool more = purged && purged->more;
  const std::uint64_t soon = more && purged->gone ? 1 : kPurgePause;
  purge_at_ = uv_now(loop_) + (more ? soon : milliseconds(options_.purge_interval));
}

void Pool::close() {
  closing_ = true;
  purge_at_ = UINT64_MAX;
  const Error closed{ErrorCode::kUnavailable, "the store was closed"};
  for (const auto& connection : connections_) connection->close(closed);
  fail(waiting_.take_since(UINT64_MAX), closed);
  finish_open(closed);
}

}  // namespace sublet::adapters::postgres
