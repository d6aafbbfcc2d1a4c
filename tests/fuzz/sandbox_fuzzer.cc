// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "base/json_scan.h"
#include "base/utf8.h"
#include "fuzz/fuzz_check.h"
#include "sandbox/messages.h"

namespace {

using namespace sublet;

constexpr std::uint64_t kResultLimit = 4096;

void check_error(const std::optional<GuestError>& error) {
  if (!error) return;
  FUZZ_CHECK(base::is_utf8(error->name) && error->name.size() <= 8u << 10);
  FUZZ_CHECK(base::is_utf8(error->message) && error->message.size() <= 64u << 10);
  FUZZ_CHECK(base::is_utf8(error->stack) && error->stack.size() <= 64u << 10);
}

void take_turn_end(std::string_view body) {
  const auto end = sandbox::decode_turn_end(body, kResultLimit);
  if (!end) return;
  const engine::TurnReport& report = end->report;
  check_error(report.error);
  const bool answered = report.status == engine::TurnReport::Status::kFinished &&
                        report.outcome == Outcome::kOk;
  FUZZ_CHECK(report.json.empty() != answered);
  FUZZ_CHECK(report.json.size() <= kResultLimit);
  if (answered) FUZZ_CHECK(base::scan_json(report.json, base::kMaxJsonDepth).ok());
  FUZZ_CHECK(report.outcome != Outcome::kExceededMemory && report.outcome != Outcome::kQuarantined);
}

void take_load_end(std::string_view body) {
  const auto end = sandbox::decode_load_end(body, 3);
  if (!end) return;
  check_error(end->report.error);
  if (end->report.missing_export) FUZZ_CHECK(*end->report.missing_export < 3);
}

void take_prepared(std::string_view body) {
  engine::Program program;
  for (int i = 0; i < 3; ++i) program.modules.push_back(std::make_unique<engine::ProgramModule>());
  const auto result = sandbox::decode_prepared(body, program);
  if (!result) return;
  for (const auto& module : program.modules) {
    FUZZ_CHECK(module->code_cache.get() == nullptr);
    for (const auto& [specifier, target] : module->imports) FUZZ_CHECK(target < 3);
  }
}

void take_call(std::string_view body) {
  const auto call = sandbox::decode_call(body);
  if (!call) return;
  FUZZ_CHECK(base::is_utf8(call->name));
  FUZZ_CHECK(base::scan_json(call->arguments, base::kMaxJsonDepth).ok());
  FUZZ_CHECK(call->arguments.front() == '[');
}

}  // namespace

// What a sandboxed process sends: the first byte says as what, the rest is the body. Anything is
// refused, or keeps what the host relies on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      take_turn_end(body);
      break;
    case 1:
      take_load_end(body);
      break;
    case 2:
      take_prepared(body);
      break;
    case 3:
      take_call(body);
      break;
    case 4:
      (void)sandbox::decode_log(body);
      break;
    default:
      (void)sandbox::decode_standing(body);
      break;
  }
  return 0;
}
