// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "base/awaited.h"
#include "sublet/result.h"

namespace sublet::host {

// How long the host's thread waits for an adapter.
inline constexpr std::chrono::milliseconds kAdapterPatience = std::chrono::seconds(30);

// Starts a call by start(callback) and waits for its answer.
template <typename T, typename Start>
Result<T> await(const Start& start) {
  const auto awaited = std::make_shared<base::Awaited<T>>();
  start([awaited](Result<T> result) { awaited->answer(std::move(result)); });
  std::optional<Result<T>> answer = awaited->wait(kAdapterPatience);
  if (answer.has_value()) return *std::move(answer);
  return Error{ErrorCode::kUnavailable, "there was no answer within 30 s"};
}

}  // namespace sublet::host
