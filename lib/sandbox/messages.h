// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace sublet::sandbox {

// Both ends are checked for it when they first meet.
inline constexpr std::uint32_t kProtocolVersion = 3;

// What crosses the socket between the host and a sandboxed process. One side speaks at a time: the
// host asks, the process answers; in between it may ask the host what tenant code asks for.
enum class MessageType : std::uint8_t {
  // Host to process. Those marked * are not answered.
  kAssign,         // *IsolateOptions
  kCreateContext,  // *context, realm
  kLoad,           // turn, context, program number, the program where it is new: kLoaded
  kStart,          // turn, context, activation, CallInput: kTurnEnded
  kResume,         // turn, context, activation, completions: kTurnEnded
  kWarn,           // *context, activation
  kDrop,           // *context, activation
  kDropContext,    // *context
  kDropProgram,    // *program number
  kIdleWork,       // kDone
  kCollect,        // kDone
  kPrepare,        // the program: kPrepared
  kCallStarted,    // answers kCall and kTimer: HostCallStart
  kRemaining,      // answers kAskRemaining: RemainingLimits

  // Process to host. Those marked * are not answered.
  kReady,         // *version: it was forked and confined
  kCall,          // name, arguments
  kTimer,         // delay
  kCancelTimer,   // *id
  kLog,           // *level, text
  kAskRemaining,  //
  kLoaded,        // *LoadReport, Standing
  kTurnEnded,     // *TurnReport, Standing
  kDone,          // *Standing
  kPrepared,      // *what prepare() made, or its error
  kFatal,         // *reason: the engine is beyond saving, the process ends
};
inline constexpr std::uint8_t kMessageTypes = static_cast<std::uint8_t>(MessageType::kFatal) + 1;

// What the host wants to know of an isolate after each turn.
struct Standing {
  engine::MemoryReading memory;
  bool exhausted = false;
  bool heap_limit_passed = false;
  bool external_limit_passed = false;
  bool reusable = false;  // the context of the turn
};

// -- the process's side: what the host sends is as it should be, or the process ends
// ---------------
struct StartMessage {
  std::uint32_t turn = 0;
  std::uint64_t context = 0;
  engine::ActivationId activation = 0;
  engine::CallInput input;  // points into the message
};
struct ResumeMessage {
  std::uint32_t turn = 0;
  std::uint64_t context = 0;
  engine::ActivationId activation = 0;
  std::vector<engine::HostCallCompletion> completions;
};
struct LoadMessage {
  std::uint32_t turn = 0;
  std::uint64_t context = 0;
  std::uint64_t number = 0;
  std::unique_ptr<engine::Program> program;  // null: the process has it
};

std::string encode(const engine::IsolateOptions& options);
std::string encode_load(std::uint32_t turn, std::uint64_t context, std::uint64_t number,
                        const engine::Program* program);
std::string encode_start(std::uint32_t turn, std::uint64_t context, engine::ActivationId activation,
                         const engine::CallInput& input);
std::string encode_resume(std::uint32_t turn, std::uint64_t context,
                          engine::ActivationId activation,
                          std::span<const engine::HostCallCompletion> completions);
std::string encode(const engine::Program& program);
std::string encode(const engine::HostCallStart& start);
std::string encode(const engine::RemainingLimits& remaining);

std::optional<engine::IsolateOptions> decode_options(std::string_view body);
std::optional<LoadMessage> decode_load(std::string_view body);
std::optional<StartMessage> decode_start(std::string_view body);
std::optional<ResumeMessage> decode_resume(std::string_view body);
std::unique_ptr<engine::Program> decode_program(std::string_view body);
std::optional<engine::HostCallStart> decode_call_start(std::string_view body);
std::optional<engine::RemainingLimits> decode_remaining(std::string_view body);

// -- the host's side: what a process sends may be anything
// -----------------------------------------
std::string encode(const engine::TurnReport& report, const Standing& standing);
std::string encode(const engine::LoadReport& report, const Standing& standing);
std::string encode(const Standing& standing);
// What prepare() filled in, or its error.
std::string encode_prepared(const Result<void>& result, const engine::Program& program);

// Nullopt for what no process of ours would send. Texts are UTF-8 and cut to size, and a result is
// JSON of at most `result_limit` bytes.
struct TurnEnd {
  engine::TurnReport report;
  Standing standing;
};
struct LoadEnd {
  engine::LoadReport report;
  Standing standing;
};
std::optional<TurnEnd> decode_turn_end(std::string_view body, std::uint64_t result_limit);
std::optional<LoadEnd> decode_load_end(std::string_view body, std::size_t exports);
std::optional<Standing> decode_standing(std::string_view body);
// Fills `program`; nullopt as above.
std::optional<Result<void>> decode_prepared(std::string_view body, engine::Program& program);

struct CallMessage {
  std::string_view name;
  std::string_view arguments;  // JSON, or empty
  std::string_view body;       // any bytes
};
struct LogMessage {
  LogLevel level = LogLevel::kInfo;
  std::string_view text;
};
std::string encode_call(std::string_view name, std::string_view arguments,
                        std::string_view body = {});
std::string encode_log(LogLevel level, std::string_view text);
std::optional<CallMessage> decode_call(std::string_view body);
std::optional<LogMessage> decode_log(std::string_view body);

// A single number.
std::string encode_number(std::uint64_t value);
std::optional<std::uint64_t> decode_number(std::string_view body);
// Two of them: a context and what is meant in it.
std::string encode_pair(std::uint64_t first, std::uint64_t second);
struct Pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};
std::optional<Pair> decode_pair(std::string_view body);

}  // namespace sublet::sandbox
