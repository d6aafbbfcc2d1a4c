// SPDX-License-Identifier: Apache-2.0
#include "sandbox/remote_context.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/stack_text.h"
#include "sandbox/remote_isolate.h"

namespace sublet::sandbox {
namespace {

using engine::LoadReport;
using engine::TurnReport;

// Where the limit is only reported: what the host bears of a result. And "null", which every limit
// lets through.
constexpr std::uint64_t kMostResult = std::uint64_t{256} << 20;
constexpr std::uint64_t kLeastResult = 4;

// "path:line:column: rest" with the position mapped where `path` is a module with a map.
std::string map_message(const std::string& message, const engine::Program& program) {
  for (const auto& module : program.modules) {
    if (module->source_map == nullptr || !message.starts_with(module->path + ":")) continue;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    const char* const end = message.data() + message.size();
    const auto first = std::from_chars(message.data() + module->path.size() + 1, end, line);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return message;
    const auto second = std::from_chars(first.ptr + 1, end, column);
    if (second.ec != std::errc()) return message;
    return engine::map_position(program, module->path, line, column) + std::string(second.ptr, end);
  }
  return message;
}

// The process has no source maps: positions are mapped here.
void map_positions(std::optional<GuestError>& error, const engine::Program& program) {
  if (!error) return;
  error->stack = engine::map_stack(error->stack, program);
  error->message = map_message(error->message, program);
}

template <typename Report>
Report lost_report(const RemoteIsolate& isolate) {
  Report report;
  report.outcome = Outcome::kSandboxLost;
  report.error = GuestError{"sandbox_lost", isolate.why_lost(), ""};
  return report;
}

}  // namespace

RemoteContext::~RemoteContext() {
  isolate_.tell(MessageType::kDropContext, encode_number(number_));
}

LoadReport RemoteContext::load(std::shared_ptr<const engine::Program> program,
                               engine::HostCallPort& port) {
  program_ = std::move(program);
  const RemoteIsolate::Known known = isolate_.number_of(program_);
  const std::uint32_t turn = isolate_.begin_turn();
  const auto answer =
      isolate_.ask(MessageType::kLoad,
                   encode_load(turn, number_, known.number, known.fresh ? program_.get() : nullptr),
                   MessageType::kLoaded, &port);
  isolate_.end_turn();
  if (!answer) return lost_report<LoadReport>(isolate_);
  auto end = decode_load_end(*answer, program_->exports.size());
  isolate_.answer_done();
  if (!end) {
    isolate_.lose_trust();
    return lost_report<LoadReport>(isolate_);
  }
  isolate_.take(end->standing);
  reusable_ = end->standing.reusable;
  map_positions(end->report.error, *program_);
  return std::move(end->report);
}

TurnReport RemoteContext::start(engine::ActivationId id, const engine::CallInput& input,
                                engine::HostCallPort& port) {
  Waiting its;
  its.port = &port;
  its.result_limit =
      input.result_dry_run ? kMostResult : std::max(input.result_limit.count, kLeastResult);
  const std::uint32_t turn = isolate_.begin_turn(its.result_limit);
  return run_turn(id, MessageType::kStart, encode_start(turn, number_, id, input), its);
}

TurnReport RemoteContext::resume(engine::ActivationId id,
                                 std::span<const engine::HostCallCompletion> completions) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return {};
  const Waiting its = found->second;
  waiting_.erase(found);
  const std::uint32_t turn = isolate_.begin_turn(its.result_limit);
  return run_turn(id, MessageType::kResume, encode_resume(turn, number_, id, completions), its);
}

TurnReport RemoteContext::run_turn(engine::ActivationId id, MessageType question,
                                   std::string_view body, const Waiting& its) {
  const auto answer = isolate_.ask(question, body, MessageType::kTurnEnded, its.port);
  isolate_.end_turn();
  if (!answer) return lost_report<TurnReport>(isolate_);
  auto end = decode_turn_end(*answer, its.result_limit);
  isolate_.answer_done();
  if (!end) {
    isolate_.lose_trust();
    return lost_report<TurnReport>(isolate_);
  }
  isolate_.take(end->standing);
  reusable_ = end->standing.reusable;
  map_positions(end->report.error, *program_);
  if (end->report.status == TurnReport::Status::kAwaiting) waiting_.emplace(id, its);
  return std::move(end->report);
}

void RemoteContext::warn(engine::ActivationId id) {
  isolate_.tell(MessageType::kWarn, encode_pair(number_, id));
}

void RemoteContext::drop(engine::ActivationId id) {
  waiting_.erase(id);
  isolate_.tell(MessageType::kDrop, encode_pair(number_, id));
}

bool RemoteContext::reusable() const { return reusable_ && !isolate_.lost(); }

}  // namespace sublet::sandbox
