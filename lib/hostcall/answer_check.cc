// SPDX-License-Identifier: Apache-2.0
#include "hostcall/answer_check.h"

#include <utility>

#include "base/json_scan.h"

namespace sublet::hostcall {

CheckedAnswer check_answer(Result<std::string> answer, const AnswerLimits& limits) {
  if (!answer) return {false, std::move(answer).error().message, 0};
  std::string& json = *answer;
  if (json.empty()) return {true, {}, 0};

  LimitSet passed = 0;
  if (json.size() > limits.size.count) {
    passed = passed | Limit::kResult;
    if (!contains(limits.dry_run, Limit::kResult)) {
      return {false,
              "the host function's answer is larger than the limit of " +
                  std::to_string(limits.size.count) + " bytes (result)",
              passed};
    }
  }
  base::JsonScan scan = base::scan_json(json, limits.depth);
  if (scan.fault == base::JsonFault::kTooDeep) {
    passed = passed | Limit::kPayloadDepth;
    if (!contains(limits.dry_run, Limit::kPayloadDepth)) {
      return {false,
              "the host function's answer is nested deeper than the limit of " +
                  std::to_string(limits.depth) + " (payload_depth)",
              passed};
    }
    scan = base::scan_json(json, base::kMaxJsonDepth);
  }
  if (!scan.ok()) return {false, "host function answered no JSON", passed};
  return {true, std::move(json), passed};
}

}  // namespace sublet::hostcall
