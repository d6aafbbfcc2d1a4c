// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/pipeline.h"

#include <libpq-fe.h>

#include <utility>

namespace sublet::adapters::postgres {
namespace {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, ClearResult>;

constexpr int kBinary = 1;

}  // namespace

bool Pipeline::start(std::unique_ptr<Transaction>& transaction) {
  under_way_.emplace_back();
  sending_ = &under_way_.back();
  sending_->transaction = std::move(transaction);
  sending_->transaction->send(*this);
  sending_ = nullptr;
  return !broken_;
}

void Pipeline::run(const Statement& statement, const Parameters& parameters) {
  sending_->bytes += parameters.size();
  bytes_ += parameters.size();
  sent(PQsendQueryPrepared(session_, statement.name, parameters.count(), parameters.values(),
                           parameters.lengths(), parameters.formats(), kBinary));
}

void Pipeline::text(const std::string& sql) {
  sent(PQsendQueryParams(session_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, kBinary));
}

void Pipeline::prepare(const Statement& statement) {
  sent(PQsendPrepare(session_, statement.name, with_schema(statement.text, schema_).c_str(), 0,
                     nullptr));
}

void Pipeline::flush() { broken_ |= PQsendFlushRequest(session_) == 0; }

void Pipeline::sync() {
  // Even a sync that could not be sent may have been.
  sending_->synced = true;
  broken_ |= PQpipelineSync(session_) == 0;
}

void Pipeline::sent(int ok) {
  ++sending_->sent;
  broken_ |= ok == 0;
}

std::optional<Pipeline::Ended> Pipeline::next() {
  // A statement's results end with a null; two in a row say that there is nothing more to take.
  int nulls = 0;
  while (!under_way_.empty() && nulls < 2 && PQisBusy(session_) == 0) {
    const OwnedResult result(PQgetResult(session_));
    if (!result) {
      ++nulls;
      continue;
    }
    nulls = 0;
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return take_first();
    take(result.get());
    if (broken_) break;
  }
  return std::nullopt;
}

void Pipeline::take(const PGresult* result) {
  UnderWay& first = under_way_.front();
  sending_ = &first;
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
      if (!first.failure) first.transaction->take(first.answered, Rows(result), *this);
      ++first.answered;
      break;
    case PGRES_PIPELINE_ABORTED:
      ++first.answered;
      break;
    default: {
      Failure failure = failure_of(result);
      broken_ |= failure.session_over;
      if (!first.failure) first.failure = std::move(failure);
      // The server passes over everything up to a sync, which may not be on its way yet.
      if (!first.synced && !broken_) sync();
    }
  }
  sending_ = nullptr;
}

Pipeline::Ended Pipeline::take_first() {
  Ended ended{std::move(under_way_.front().transaction), std::move(under_way_.front().failure)};
  bytes_ -= under_way_.front().bytes;
  under_way_.pop_front();
  return ended;
}

std::vector<Pipeline::Ended> Pipeline::take_rest(const std::string& why) {
  std::vector<Ended> rest;
  rest.reserve(under_way_.size());
  // Where the server left, nothing was done from there on. One that had all its statements answered
  // may have been committed just before.
  bool server_left = false;
  while (!under_way_.empty()) {
    UnderWay& first = under_way_.front();
    const bool told = first.failure && !first.failure->unknown;
    const bool left = told && first.failure->left;
    const bool at_commit = first.synced && first.answered >= first.sent;
    if (!told || (left && at_commit)) {
      Failure lost = connection_lost(why, first.synced && !server_left);
      // What was said of it says more.
      if (first.failure) lost.error.message = std::move(first.failure->error.message);
      first.failure = std::move(lost);
    }
    server_left |= left;
    rest.push_back(take_first());
  }
  bytes_ = 0;
  return rest;
}

}  // namespace sublet::adapters::postgres
