// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/sqlite/call.h"
#include "sublet/adapters/event_queue.h"

// What waits in an event queue's queue.
namespace sublet::adapters::sqlite::events {

// Units are done part by part, a transaction each.
struct EnqueueRequest {
  std::vector<EventEnqueue> units;
  // Of units that were committed, and of those that the transaction under way has done.
  std::vector<EventEnqueued> committed = {};
  std::vector<EventEnqueued> done = {};
};
struct ExtendRequest {
  std::vector<EventLease> leases;
  std::chrono::milliseconds lease{0};
};
// Those that fit are taken part by part.
struct TakeRequest {
  enum class Kind : std::uint8_t { kReplay, kBury, kPurge };
  struct Progress {
    std::uint64_t taken = 0;
    std::uint64_t after = 0;  // the last id that was looked at
  };
  Kind kind = Kind::kPurge;
  EventFilter filter;
  bool dead = false;
  std::uint32_t limit = 0;
  std::string reason = {};
  std::function<std::string(const EventDelivery&)> completion = {};
  // Of what was committed, and once the part under way is.
  std::optional<Progress> committed = {};
  std::optional<Progress> done = {};
};
struct EraseRequest {
  std::string tenant;
  std::uint32_t limit = 0;
  std::uint64_t committed = 0;
  std::uint64_t done = 0;
};
struct ForgetRequest {
  EventTime before;
  std::uint32_t limit = 0;
};
using SettleRequest = std::vector<EventSettlement>;
using RecordsRequest = std::vector<EventRecordWrite>;

using EnqueueCall = Call<EnqueueRequest, std::vector<EventEnqueued>>;
using ClaimCall = Call<EventClaim, std::vector<EventDelivery>>;
using ExtendCall = Call<ExtendRequest, std::vector<bool>>;
using SettleCall = Call<SettleRequest, std::vector<bool>>;
using TakeCall = Call<TakeRequest, std::uint64_t>;
using EraseCall = Call<EraseRequest, std::uint64_t>;
using ForgetCall = Call<ForgetRequest, std::uint64_t>;
using RecordsCall = Call<RecordsRequest, EventEnqueued>;
using WriteCall = std::variant<EnqueueCall, ClaimCall, ExtendCall, SettleCall, TakeCall, EraseCall,
                               ForgetCall, RecordsCall>;

struct ReadyRequest {
  std::string after;
  std::uint32_t limit = 0;
};
struct CompletionsRequest {
  std::string after;
  std::uint32_t limit = 0;
};
struct ReadRecordsRequest {
  std::string kind;
  std::optional<std::string> tenant;
  std::string after;
  std::uint32_t limit = 0;
};
struct DueRecordsRequest {
  std::string kind;
  std::uint32_t limit = 0;
};

using ReadyCall = Call<ReadyRequest, EventReadyPage>;
using PeekCall = Call<EventPeek, std::vector<EventDelivery>>;
using CountCall = Call<EventFilter, EventCounts>;
using CompletionsCall = Call<CompletionsRequest, EventCompletionPage>;
using ReadRecordsCall = Call<ReadRecordsRequest, std::vector<EventRecord>>;
using DueRecordsCall = Call<DueRecordsRequest, std::vector<EventRecord>>;
using ReadCall =
    std::variant<ReadyCall, PeekCall, CountCall, CompletionsCall, ReadRecordsCall, DueRecordsCall>;

// What one tenant has of one group at most: whoever publishes in between waits for two groups. A
// unit may be more.
inline constexpr std::size_t kRowsOfTenant = 64;
inline constexpr std::uint64_t kBytesOfTenant = std::uint64_t{2} << 20;

// The units that the next transaction does of a request.
struct EnqueuePart {
  std::size_t units = 0;
  std::size_t rows = 0;
  std::uint64_t bytes = 0;
};
EnqueuePart next_part(const EnqueueRequest& request) noexcept;

}  // namespace sublet::adapters::sqlite::events
