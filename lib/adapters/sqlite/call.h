// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "adapters/key_value/tell.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/result.h"

// A request with who is to be told.
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
