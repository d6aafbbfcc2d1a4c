// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/read_calls.h"

#include <algorithm>

#include "adapters/key_value/key_range.h"

namespace sublet::adapters::postgres {
namespace {

// An entry in its columns, the first of which is `at`.
KeyValueEntry entry_of(const Rows& rows, std::size_t row, int at) {
  KeyValueEntry entry;
  entry.key = rows.bytes(row, at);
  entry.value.type = static_cast<KeyValueType>(rows.number(row, at + 1));
  entry.value.data = rows.bytes(row, at + 2);
  entry.version = static_cast<std::uint64_t>(rows.number(row, at + 3));
  entry.updated_at = as_time(rows.number(row, at + 4));
  if (!rows.is_null(row, at + 5)) entry.expires_at = as_time(rows.number(row, at + 5));
  return entry;
}

KeyValueUsage usage_of(const Rows& rows, std::size_t row, int at) {
  return {static_cast<std::uint64_t>(rows.number(row, at)),
          Bytes{static_cast<std::uint64_t>(rows.number(row, at + 1))}};
}

// Larger than every key.
std::string past_all_keys() { return std::string(KeyValueStore::kMaxKeyBytes + 1, '\xff'); }

// The keys of a page: from the first up to, and without, the last.
std::pair<std::string, std::string> range_of(const KeyValueList& request) {
  std::string first = request.prefix;
  std::string last = end_of_prefix(request.prefix).value_or(past_all_keys());
  if (request.after.has_value()) {
    if (request.reverse) {
      last = std::min(last, *request.after);
    } else {
      first = std::max(first, *request.after + '\0');
    }
  }
  return {std::move(first), std::move(last)};
}

}  // namespace

GetCall::GetCall(const PostgresKeyValueOptions& options, KeyValueGet request)
    : AnsweringCall(options), request_(std::move(request)) {}

void GetCall::send(Sender& sender) {
  answer_.assign(request_.keys.size(), std::nullopt);
  send_tenant(sender, options(), request_.tenant);
  Parameters parameters;
  parameters.bytes(request_.tenant);
  if (request_.keys.size() == 1) {
    parameters.bytes(request_.keys[0].space).bytes(request_.keys[0].key).number(as_bigint(now()));
    sender.statement(StatementId::kGetOne, parameters);
    return;
  }
  ByteArray spaces(request_.keys.size());
  ByteArray keys(request_.keys.size());
  for (const KeyValueKey& at : request_.keys) {
    spaces.add(at.space);
    keys.add(at.key);
  }
  parameters.array(std::move(spaces)).array(std::move(keys)).number(as_bigint(now()));
  sender.statement(StatementId::kGetMany, parameters);
}

void GetCall::take(std::size_t statement, const Rows& rows) {
  if (statement != settings_in_front(options())) return;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    answer_.at(static_cast<std::size_t>(rows.number(row, 0) - 1)) = entry_of(rows, row, 1);
  }
}

ListCall::ListCall(const PostgresKeyValueOptions& options, KeyValueList request)
    : AnsweringCall(options), request_(std::move(request)) {}

void ListCall::send(Sender& sender) {
  answer_ = {};
  send_tenant(sender, options(), request_.tenant);
  const auto [first, last] = range_of(request_);
  Parameters parameters;
  parameters.bytes(request_.tenant).bytes(request_.space).bytes(first).bytes(last);
  parameters.number(as_bigint(now())).number(std::int64_t{request_.limit} + 1);
  parameters.number(request_.keys_only ? 1 : 0).number(as_bigint(request_.max_bytes.count));
  sender.statement(request_.reverse ? StatementId::kListBackwards : StatementId::kList, parameters);
}

void ListCall::take(std::size_t statement, const Rows& rows) {
  if (statement != settings_in_front(options())) return;
  const std::size_t count = std::min<std::size_t>(rows.size(), request_.limit);
  for (std::size_t row = 0; row < count; ++row) {
    answer_.entries.push_back(entry_of(rows, row, 0));
    if (request_.keys_only) answer_.entries.back().value = {KeyValueType::kBytes, {}};
  }
  const std::int64_t found = rows.size() == 0 ? 0 : rows.number(0, 6);
  answer_.more = static_cast<std::int64_t>(count) < found;
}

UsageCall::UsageCall(const PostgresKeyValueOptions& options, std::string tenant)
    : AnsweringCall(options), tenant_(std::move(tenant)) {}

void UsageCall::send(Sender& sender) {
  answer_ = {};
  send_tenant(sender, options(), tenant_);
  Parameters parameters;
  parameters.bytes(tenant_).number(as_bigint(now()));
  sender.statement(StatementId::kUsage, parameters);
}

void UsageCall::take(std::size_t statement, const Rows& rows) {
  if (statement == settings_in_front(options()) && rows.size() == 1) answer_ = usage_of(rows, 0, 0);
}

SpacesCall::SpacesCall(const PostgresKeyValueOptions& options, std::string tenant)
    : AnsweringCall(options), tenant_(std::move(tenant)) {}

void SpacesCall::send(Sender& sender) {
  answer_.clear();
  send_timeout(sender);
  send_tenant(sender, options(), tenant_);
  Parameters parameters;
  parameters.bytes(tenant_).number(as_bigint(now()));
  sender.statement(StatementId::kSpaces, parameters);
}

void SpacesCall::take(std::size_t statement, const Rows& rows) {
  if (statement != 1 + settings_in_front(options())) return;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    answer_.emplace(rows.bytes(row, 0), usage_of(rows, row, 1));
  }
}

TenantsCall::TenantsCall(const PostgresKeyValueOptions& options, std::string after,
                         std::uint32_t limit)
    : AnsweringCall(options), after_(std::move(after)), limit_(limit) {}

void TenantsCall::send(Sender& sender) {
  answer_.clear();
  send_host(sender, options());
  Parameters parameters;
  parameters.bytes(after_).number(as_bigint(now())).number(limit_);
  sender.statement(StatementId::kTenants, parameters);
}

void TenantsCall::take(std::size_t statement, const Rows& rows) {
  if (statement != settings_in_front(options())) return;
  for (std::size_t row = 0; row < rows.size(); ++row) answer_.emplace_back(rows.bytes(row, 0));
}

}  // namespace sublet::adapters::postgres
