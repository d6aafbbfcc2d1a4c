// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::hostcall {

// What a host function's answer has to keep to.
struct AnswerLimits {
  Bytes size;
  std::uint32_t depth = 0;
  LimitSet dry_run = 0;

  static AnswerLimits of(const Limits& limits) {
    return {limits.result, limits.payload_depth, limits.dry_run};
  }
};

// An answer as JavaScript gets it.
struct CheckedAnswer {
  bool ok = false;
  std::string text = {};  // JSON text (empty: undefined), or the message of the error
  LimitSet passed = 0;    // kResult, kPayloadDepth
  bool bytes = false;     // `text` is not JSON but what a Uint8Array is made of
  std::string code = {};  // of the error
};

// Takes a checked answer; any thread, once.
using AnswerReply = std::function<void(CheckedAnswer)>;

CheckedAnswer check_answer(Result<std::string> answer, const AnswerLimits& limits);

}  // namespace sublet::hostcall
