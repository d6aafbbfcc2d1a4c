// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/key_value/guarded.h"
#include "base/awaited.h"
#include "base/own_thread.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// Starts a call by start(callback) and waits for its answer; `late` is the error where none came.
template <typename T, typename Start>
Result<T> await(std::chrono::milliseconds timeout, ErrorCode late, Start&& start) {
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition,
                 "a thread of Sublet's may not wait for a key-value store"};
  }
  return guarded([&]() -> Result<T> {
    const auto awaited = std::make_shared<base::Awaited<T>>();
    start([awaited](Result<T> result) { awaited->answer(std::move(result)); });
    std::optional<Result<T>> answer = awaited->wait(timeout);
    if (answer.has_value()) return *std::move(answer);
    return Error{late,
                 "the store gave no answer within " + std::to_string(timeout.count()) + " ms"};
  });
}

}  // namespace sublet::adapters
