// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/host_calls.h"

namespace sublet::adapters::postgres {
namespace {

std::string past_all_spaces() { return std::string(KeyValueStore::kMaxNameBytes + 1, '\xff'); }

}  // namespace

EraseCall::EraseCall(const PostgresKeyValueOptions& options, std::string tenant,
                     std::optional<std::string> space)
    : AnsweringCall(options), tenant_(std::move(tenant)), space_(std::move(space)) {}

void EraseCall::send(Sender& sender) {
  answer_ = keys_ = bytes_ = 0;
  step_ = Step::kLock;
  last_ = {space_.value_or(std::string()), std::string()};
  send_timeout(sender);
  send_tenant(sender, options(), tenant_);
  Parameters parameters;
  parameters.bytes(tenant_);
  sender.statement(StatementId::kLockTenant, parameters);
  sent_ = 2 + settings_in_front(options());
  sender.flush();
}

void EraseCall::step(std::size_t statement, const Rows& rows, Sender& sender) {
  if (statement + 1 != sent_ || step_ == Step::kEnd) return;
  if (step_ == Step::kLock) {
    if (rows.size() == 1) return send_batch(sender);
    // There is nothing, or was not when the lock was asked for.
    step_ = Step::kEnd;
    return sender.sync();
  }
  const std::int64_t gone = rows.number(0, 0);
  keys_ += gone;
  bytes_ += rows.number(0, 1);
  answer_ += static_cast<std::uint64_t>(rows.number(0, 2));
  if (gone < kTenantBatch) return send_end(sender);
  last_ = {std::string(rows.bytes(0, 3)), std::string(rows.bytes(0, 4))};
  send_batch(sender);
}

void EraseCall::send_batch(Sender& sender) {
  step_ = Step::kErase;
  const std::string last_space = space_.value_or(past_all_spaces());
  Parameters parameters;
  parameters.bytes(tenant_).bytes(last_.space).bytes(last_.key).bytes(last_space);
  parameters.number(kTenantBatch).number(as_bigint(now()));
  sender.statement(StatementId::kEraseSome, parameters);
  ++sent_;
  sender.flush();
}

void EraseCall::send_end(Sender& sender) {
  step_ = Step::kEnd;
  Parameters parameters;
  parameters.bytes(tenant_);
  if (space_) parameters.number(keys_).number(bytes_);
  sender.statement(space_ ? StatementId::kTakeOff : StatementId::kForgetTenant, parameters);
  ++sent_;
  sender.sync();
}

PurgeCall::PurgeCall(const PostgresKeyValueOptions& options, PurgeDone done)
    : KeyValueCall(options), done_(std::move(done)) {}

void PurgeCall::send(Sender& sender) {
  purged_ = {};
  send_host(sender, options());
  Parameters parameters;
  parameters.number(as_bigint(now())).number(kPurgeBatch);
  sender.statement(StatementId::kPurgeSome, parameters);
}

void PurgeCall::take(std::size_t statement, const Rows& rows) {
  if (statement == settings_in_front(options()) && rows.size() == 1)
    purged_ = {rows.number(0, 0) == kPurgeBatch, rows.number(0, 1) > 0};
}

}  // namespace sublet::adapters::postgres
