// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/connection.h"

#include <libpq-fe.h>
#include <uv.h>

#include <exception>
#include <utility>

#include "adapters/postgres/session_start.h"
#include "base/check.h"

namespace sublet::adapters::postgres {
namespace {

// Parameters under way on one session; libpq keeps them until the system takes them.
constexpr std::size_t kMostBytes = 4u << 20;

void drop_notice(void*, const PGresult*) {}

Error unavailable(std::string why) { return {ErrorCode::kUnavailable, std::move(why)}; }

}  // namespace

Connection::Connection(uv_loop_s* loop, const PoolOptions& options, const ConnectSettings& settings,
                       const Tables& tables, Owner& owner)
    : loop_(loop), options_(options), settings_(settings), tables_(tables), owner_(owner) {}

Connection::~Connection() {
  watch_.stop();
  PQfinish(session_);
}

void Connection::connect(SchemaWork* schema) {
  schema_ = schema;
  refused_ = worn_out_ = backlog_ = did_something_ = wrote_ = false;
  heard_at_ = uv_now(loop_);
  state_ = State::kConnecting;
  session_ = settings_.begin();
  if (session_ == nullptr || PQstatus(session_) == CONNECTION_BAD) return lose_session();
  PQsetNoticeReceiver(session_, drop_notice, nullptr);
  if (!watch(false, true)) lose_session();
}

void Connection::start(std::unique_ptr<Transaction> transaction) {
  if (pipeline_->size() == 0) heard_at_ = uv_now(loop_);
  try {
    if (pipeline_->start(transaction)) return flush();
  } catch (const std::exception&) {
    if (transaction)
      owner_.ended({std::move(transaction), connection_lost("out of memory", false)});
  }
  // Its statements are out in part: the session is of no more use.
  lose_session();
}

void Connection::close(const Error& why) {
  if (!closed()) lose(why);
}

bool Connection::has_room() const noexcept {
  return ready() && !worn_out_ && !backlog_ && !pipeline_->held() &&
         pipeline_->size() < options_.pipeline && pipeline_->bytes() < kMostBytes &&
         (pipeline_->first() == nullptr || !pipeline_->first()->alone());
}

std::uint64_t Connection::deadline() const noexcept {
  if (closed() || (ready() && pipeline_->size() == 0)) return UINT64_MAX;
  return heard_at_ + static_cast<std::uint64_t>(patience().count());
}

// The server ends a statement that takes too long and says so; a peer that is silent for twice that
// time is gone.
std::chrono::milliseconds Connection::patience() const noexcept {
  if (state_ == State::kConnecting) return settings_.timeout();
  if (!ready()) return settings_.timeout() + options_.statement_timeout;
  const bool long_work = pipeline_->first() != nullptr && pipeline_->first()->alone();
  return options_.statement_timeout * (long_work ? 2 * kLongWork : 2) + std::chrono::seconds(1);
}

void Connection::check() {
  if (uv_now(loop_) < deadline()) return;
  // The answer may be there, and this process was late.
  if (state_ != State::kConnecting) on_socket(false);
  if (uv_now(loop_) < deadline()) return;
  lose(unavailable(ready() ? "PostgreSQL does not answer"
                           : "PostgreSQL: no connection within connect_timeout"));
  owner_.moved();
}

void Connection::on_socket(bool readable) {
  try {
    if (readable && ready()) heard_at_ = uv_now(loop_);
    step();
    owner_.moved();
  } catch (const std::exception&) {
    lose_memory();
  }
}

void Connection::lose_memory() noexcept {
  try {
    if (!closed()) lose(unavailable("out of memory"));
    owner_.moved();
  } catch (const std::exception&) {
    base::report_failed_check(__FILE__, __LINE__, "out of memory");
  }
}

void Connection::step() {
  switch (state_) {
    case State::kConnecting:
      return step_connecting();
    case State::kSchema:
      return step_schema();
    case State::kStarting:
    case State::kReady:
      return step_pipeline();
    case State::kClosed:
      return;
  }
}

void Connection::step_connecting() {
  switch (PQconnectPoll(session_)) {
    case PGRES_POLLING_READING:
      if (!watch(true, false)) lose_session();
      return;
    case PGRES_POLLING_WRITING:
      if (!watch(false, true)) lose_session();
      return;
    case PGRES_POLLING_OK:
      return session_made();
    default:
      // What asks for a password, or got one, is not put right by asking again.
      refused_ =
          PQconnectionNeedsPassword(session_) != 0 || PQconnectionUsedPassword(session_) != 0;
      return lose_session();
  }
}

void Connection::session_made() {
  if (PQsetnonblocking(session_, 1) != 0 || !watch(true, false)) return lose_session();
  if (schema_ == nullptr) return begin_pipeline();
  state_ = State::kSchema;
  if (!query(schema_->begin())) lose_session();
}

bool Connection::query(const std::string& sql) {
  answer_.reset();
  if (PQsendQuery(session_, sql.c_str()) == 0) return false;
  flush();
  return true;
}

void Connection::step_schema() {
  if (PQconsumeInput(session_) == 0) return lose_session();
  while (PQisBusy(session_) == 0) {
    const std::shared_ptr<PGresult> result(PQgetResult(session_), PQclear);
    // Of several statements the last answer counts, which is an error's where there was one.
    if (result) {
      answer_ = result;
      continue;
    }
    const auto next = schema_->next(answer_.get());
    if (schema_->failure()) return lose(*schema_->failure());
    if (!next) return begin_pipeline();
    if (!query(*next)) return lose_session();
    return;
  }
  flush();
}

void Connection::begin_pipeline() {
  if (PQenterPipelineMode(session_) == 0) return lose_session();
  state_ = State::kStarting;
  pipeline_.emplace(session_, options_.schema);
  auto transactions = session_start(options_.statement_timeout, tables_.statements());
  starting_ = transactions.size();
  for (auto& transaction : transactions) {
    if (!pipeline_->start(transaction)) return lose_session();
  }
  flush();
}

void Connection::step_pipeline() {
  if (PQconsumeInput(session_) == 0) return lose_session();
  while (auto ended = pipeline_->next()) {
    take_ended(*std::move(ended));
    if (closed()) return;
  }
  if (pipeline_->broken() || PQstatus(session_) != CONNECTION_OK) return lose_session();
  if (worn_out_ && pipeline_->size() == 0) {
    return lose(unavailable("PostgreSQL: the session was given up"));
  }
  flush();
}

void Connection::take_ended(Pipeline::Ended ended) {
  if (state_ == State::kReady) {
    heard_at_ = uv_now(loop_);
    worn_out_ |= ended.failure && ended.failure->reconnect;
    did_something_ |= !ended.failure;
    const bool wrote = !ended.failure && ended.transaction->writes();
    if (wrote && !std::exchange(wrote_, true)) owner_.wrote();
    return owner_.ended(std::move(ended));
  }
  if (--starting_ > 0) return;
  if (ended.failure) return lose(ended.failure->error);
  state_ = State::kReady;
  schema_ = nullptr;
  owner_.connected(*this);
}

void Connection::flush() {
  const int left = PQflush(session_);
  if (left < 0) return lose_session();
  backlog_ = left > 0;
  watch_.wait_for(true, backlog_);
}

bool Connection::watch(bool readable, bool writable) {
  const int socket = PQsocket(session_);
  if (socket < 0 || !watch_.start(loop_, socket, [this](bool input) { on_socket(input); }))
    return false;
  watch_.wait_for(readable, writable);
  return true;
}

// With libpq's word for it.
void Connection::lose_session() {
  const char* message = session_ == nullptr ? "out of memory" : PQerrorMessage(session_);
  std::string why = settings_.scrubbed(message);
  if (why.empty()) why = "the connection ended";
  lose(unavailable("PostgreSQL: " + std::move(why)));
}

void Connection::lose(const Error& why) {
  const bool was_ready = ready();
  std::vector<Pipeline::Ended> rest;
  if (pipeline_) rest = pipeline_->take_rest("the connection ended before the answer came");
  watch_.stop();
  pipeline_.reset();
  PQfinish(session_);
  session_ = nullptr;
  state_ = State::kClosed;
  owner_.lost(*this, why, was_ready, std::move(rest));
}

}  // namespace sublet::adapters::postgres
