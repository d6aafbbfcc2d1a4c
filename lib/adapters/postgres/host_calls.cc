// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/host_calls.h"

namespace sublet::adapters::postgres {

EraseCall::EraseCall(const PostgresKeyValueOptions& options, std::string tenant,
                     std::optional<std::string> space)
    : AnsweringCall(options), tenant_(std::move(tenant)), space_(std::move(space)) {}

void EraseCall::send(Sender& sender) {
  answer_ = 0;
  send_timeout(sender);
  erases_at_ = 2 + send_tenant(sender, options(), tenant_);
  Parameters locked;
  locked.bytes(tenant_);
  sender.statement(StatementId::kLockTenant, locked);
  Parameters parameters;
  parameters.bytes(tenant_).bytes(space_.value_or(std::string())).number(as_bigint(now()));
  sender.statement(StatementId::kErase, parameters);
}

void EraseCall::take(std::size_t statement, const Rows& rows) {
  if (statement != erases_at_ || rows.size() == 0) return;
  answer_ = static_cast<std::uint64_t>(rows.number(0, 0));
}

PurgeCall::PurgeCall(const PostgresKeyValueOptions& options,
                     std::function<void(std::optional<std::int64_t>)> done)
    : SingleCall(options), done_(std::move(done)) {}

void PurgeCall::send(Sender& sender) {
  removed_ = 0;
  purges_at_ = 0;
  if (options().row_level_security) {
    sender.statement(StatementId::kSetHost, Parameters());
    purges_at_ = 1;
  }
  Parameters parameters;
  parameters.number(as_bigint(now())).number(kPurgeBatch);
  sender.statement(StatementId::kPurgeSome, parameters);
}

void PurgeCall::take(std::size_t statement, const Rows& rows) {
  if (statement == purges_at_ && rows.size() == 1) removed_ = rows.number(0, 0);
}

}  // namespace sublet::adapters::postgres
