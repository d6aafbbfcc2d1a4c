// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/key_value/tell.h"
#include "sublet/adapters/key_value_store.h"

// What waits in the store's queue: requests with who is to be told.
namespace sublet::adapters::sqlite {

// One request and, once it was done, its answer. Belongs to one thread at a time.
template <typename RequestType, typename AnswerType>
struct Call {
  using Request = RequestType;
  using Answer = AnswerType;

  Request request;
  KeyValueCallback<Answer> done;
  std::optional<Result<Answer>> answer;
};

// How far an erase has come that is done in parts, a transaction each.
struct EraseProgress {
  std::int64_t tenant = 0;   // whose rows
  std::uint64_t newest = 0;  // the tenant's version as it began: what was written later stays
  KeyValueTime begun_at{};   // what had expired by then is not counted
  std::uint64_t erased = 0;  // entries that count
  std::string space, key;    // the last row that was looked at
};
struct EraseRequest {
  std::string tenant;
  std::optional<std::string> space;
  // Where the next part goes on: of what was committed, and once the part under way is.
  std::optional<EraseProgress> progress = {};
  std::optional<EraseProgress> next = {};
};
struct UsageRequest {
  std::string tenant;
};
struct SpacesRequest {
  std::string tenant;
};
struct TenantsRequest {
  std::string after;
  std::uint32_t limit = 0;
};

using CommitCall = Call<KeyValueCommit, KeyValueCommitted>;
using EraseCall = Call<EraseRequest, std::uint64_t>;
using WriteCall = std::variant<CommitCall, EraseCall>;

using GetCall = Call<KeyValueGet, std::vector<std::optional<KeyValueEntry>>>;
using ListCall = Call<KeyValueList, KeyValuePage>;
using UsageCall = Call<UsageRequest, KeyValueUsage>;
using SpacesCall = Call<SpacesRequest, std::map<std::string, KeyValueUsage>>;
using TenantsCall = Call<TenantsRequest, std::vector<std::string>>;
using ReadCall = std::variant<GetCall, ListCall, UsageCall, SpacesCall, TenantsCall>;

// Tells the caller; under no lock.
template <typename Request, typename Answer>
void deliver(Call<Request, Answer>& call) noexcept {
  const KeyValueCallback<Answer> done = std::move(call.done);
  if (call.answer.has_value()) tell(done, *std::move(call.answer));
}

template <typename... Calls>
void deliver(std::variant<Calls...>& call) noexcept {
  std::visit([](auto& one) { deliver(one); }, call);
}

template <typename... Calls>
void deliver_error(std::variant<Calls...>& call, const Error& error) noexcept {
  std::visit(
      [&](auto& one) {
        try {
          one.answer = error;
        } catch (...) {  // no memory for the message
          one.answer = Error{error.code, {}};
        }
        deliver(one);
      },
      call);
}

}  // namespace sublet::adapters::sqlite
