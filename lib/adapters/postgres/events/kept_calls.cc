// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/kept_calls.h"

#include <algorithm>

namespace sublet::adapters::postgres {
namespace {

std::vector<EventRecord> records_of(const Rows& rows) {
  std::vector<EventRecord> records;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EventRecord& record = records.emplace_back();
    record.kind = rows.bytes(row, 0);
    record.tenant = rows.bytes(row, 1);
    record.name = rows.bytes(row, 2);
    record.data = rows.bytes(row, 3);
    record.version = static_cast<std::uint64_t>(rows.number(row, 4));
    if (!rows.is_null(row, 5)) record.due_at = event_time(rows.number(row, 5));
    if (!rows.is_null(row, 6)) record.expires_at = event_time(rows.number(row, 6));
  }
  return records;
}

}  // namespace

void RecordsCall::send(Sender& sender) {
  begin();
  const RecordPlace place = tenant_ ? RecordPlace{*tenant_, after_} : record_at(after_);
  Parameters parameters;
  parameters.bytes(kind_).bytes(place.tenant).bytes(place.name).number(limit_);
  parameters.number(context().time());
  put(sender, tenant_ ? EventStatement::kTenantRecords : EventStatement::kRecords, parameters);
}

void RecordsCall::take(std::size_t, const Rows& rows) { answer_ = records_of(rows); }

void DueRecordsCall::send(Sender& sender) {
  begin();
  Parameters parameters;
  parameters.bytes(kind_).number(limit_).number(context().time());
  put(sender, EventStatement::kDueRecords, parameters);
}

void DueRecordsCall::take(std::size_t, const Rows& rows) { answer_ = records_of(rows); }

void CompletionsCall::send(Sender& sender) {
  begin();
  Parameters parameters;
  parameters.number(after_.transaction).number(after_.id).number(limit_);
  put(sender, EventStatement::kCompletions, parameters);
}

void CompletionsCall::take(std::size_t, const Rows& rows) {
  answer_ = {};
  answer_.cursor = cursor_;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EventCompletion& completion = answer_.completions.emplace_back();
    completion.cursor = cursor_of(CompletionPlace{rows.number(row, 0), rows.number(row, 1)});
    completion.tenant = rows.bytes(row, 2);
    completion.content = rows.bytes(row, 3);
    completion.at = event_time(rows.number(row, 4));
    answer_.cursor = completion.cursor;
  }
}

void ForgetCall::send(Sender& sender) {
  begin();
  Parameters parameters;
  parameters.number(before_.time_since_epoch().count()).number(limit_);
  put(sender, EventStatement::kForget, parameters);
}

void ForgetCall::take(std::size_t, const Rows& rows) {
  answer_ = static_cast<std::uint64_t>(rows.number(0, 0));
}

void EventPurgeCall::send(Sender& sender) {
  begin();
  Parameters parameters;
  parameters.number(context().time()).number(kEventPurgeBatch);
  put(sender, EventStatement::kPurge, parameters);
}

void EventPurgeCall::take(std::size_t, const Rows& rows) {
  const std::int64_t keys = rows.number(0, 0), records = rows.number(0, 1);
  purged_ = {std::max(keys, records) == kEventPurgeBatch, keys + records > 0};
}

}  // namespace sublet::adapters::postgres
