// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/side.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapters/sqlite/events/schema.h"

namespace sublet::adapters::sqlite::events {
namespace {

// What a transaction writes at most, roughly: some pages of each table and index, and more for each
// row.
std::uint64_t logged(std::uint64_t bytes, std::size_t rows) {
  return 32'768 + bytes + bytes / 8 + rows * 4096;
}

const std::string& nobody() {
  static const std::string empty;
  return empty;
}

const std::string& tenant_of(const EnqueueRequest& request) {
  for (const EventEnqueue& unit : request.units) {
    if (!unit.deliveries.empty()) return unit.deliveries.front().queue.tenant;
    if (!unit.records.empty()) return unit.records.front().tenant;
  }
  return nobody();
}
const std::string& tenant_of(const TakeRequest& request) { return request.filter.tenant; }
const std::string& tenant_of(const EraseRequest& request) { return request.tenant; }
const std::string& tenant_of(const RecordsRequest& request) {
  return request.empty() ? nobody() : request.front().tenant;
}
template <typename Request>
const std::string& tenant_of(const Request&) {
  return nobody();
}

std::size_t rows_of(const EnqueueRequest& request) { return next_part(request).rows; }
std::size_t rows_of(const EventClaim& request) {
  std::size_t rows = 0;
  for (const EventClaim::From& from : request.from) rows += from.max;
  return std::min<std::size_t>(rows, EventQueue::kMaxClaim);
}
std::size_t rows_of(const ExtendRequest& request) { return request.leases.size(); }
std::size_t rows_of(const SettleRequest& request) {
  std::size_t rows = request.size();
  for (const EventSettlement& one : request) rows += one.deliveries.size();
  return rows;
}
std::size_t rows_of(const TakeRequest& request) { return std::min(request.limit, 256u); }
std::size_t rows_of(const EraseRequest& request) { return std::min(request.limit, 256u); }
std::size_t rows_of(const ForgetRequest& request) { return std::min(request.limit, 256u); }
std::size_t rows_of(const RecordsRequest& request) { return request.size(); }

std::uint64_t bytes_of(const EnqueueRequest& request) { return next_part(request).bytes; }
std::uint64_t bytes_of(const SettleRequest& request) {
  std::uint64_t bytes = 0;
  for (const EventSettlement& one : request) {
    bytes += one.note.size() + one.completion.size();
    for (const NewDelivery& added : one.deliveries) {
      bytes += added.payload.size() + added.envelope.size();
    }
  }
  return bytes;
}
std::uint64_t bytes_of(const RecordsRequest& request) {
  std::uint64_t bytes = 0;
  for (const EventRecordWrite& one : request) bytes += one.data.has_value() ? one.data->size() : 0;
  return bytes;
}
// Not told by the others: they make room, or are about what is small.
template <typename Request>
std::uint64_t bytes_of(const Request&) {
  return 0;
}

bool parts_of(const EnqueueRequest& request) {
  return request.committed.size() + next_part(request).units < request.units.size();
}
bool parts_of(const TakeRequest&) { return true; }
bool parts_of(const EraseRequest&) { return true; }
template <typename Request>
bool parts_of(const Request&) {
  return false;
}

// After a commit: these take no memory, and there is room for what is kept since apply().
void keep(EnqueueRequest& request) noexcept {
  std::move(request.done.begin(), request.done.end(), std::back_inserter(request.committed));
  request.done.clear();
}
void keep(TakeRequest& request) noexcept { request.committed = request.done; }
void keep(EraseRequest& request) noexcept { request.committed = request.done; }
template <typename Request>
void keep(Request&) noexcept {}

}  // namespace

DatabaseFile Side::database_of(const Options& options) {
  return {options.path, options.busy_timeout,
          options.durability == SqliteEventQueueOptions::Durability::kMachine, &event_schema()};
}

Urgency Side::urgency(const WriteCall& call) noexcept {
  if (std::holds_alternative<ClaimCall>(call) || std::holds_alternative<ExtendCall>(call)) {
    return Urgency::kClaim;
  }
  return std::holds_alternative<SettleCall>(call) ? Urgency::kSettlement : Urgency::kOther;
}

const std::string& Side::tenant(const WriteCall& call) noexcept {
  return std::visit([](const auto& one) -> const std::string& { return tenant_of(one.request); },
                    call);
}

std::size_t Side::rows(const WriteCall& call) noexcept {
  return std::visit([](const auto& one) { return std::max<std::size_t>(1, rows_of(one.request)); },
                    call);
}

std::uint64_t Side::cost(const WriteCall& call) noexcept {
  return std::visit(
      [](const auto& one) { return logged(bytes_of(one.request), rows_of(one.request)); }, call);
}

bool Side::has_parts(const WriteCall& call) noexcept {
  return std::visit([](const auto& one) { return parts_of(one.request); }, call);
}

// A claim that is lost with the machine has never been, and who claimed is lost with it.
void Side::prepare(Connection&, Writes& writes, std::span<const WriteCall> calls) {
  const bool only_claims = std::all_of(calls.begin(), calls.end(), [](const WriteCall& call) {
    return urgency(call) == Urgency::kClaim;
  });
  writes.wait_for_disk(!only_claims);
}

bool Side::apply(Writes& writes, WriteCall& call) {
  std::visit(
      [&writes](auto& one) {
        one.answer = writes.apply(one.request);
        if (!one.answer.has_value() || one.answer->has_value() || !has_begun(one.request)) return;
        one.answer = Error{ErrorCode::kIndeterminate, one.answer->error().message};
      },
      call);
  return true;
}

void Side::keep_progress(WriteCall& call) noexcept {
  std::visit([](auto& one) { keep(one.request); }, call);
}

}  // namespace sublet::adapters::sqlite::events
