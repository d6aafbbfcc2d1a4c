// SPDX-License-Identifier: Apache-2.0
// What a sandboxed process tells the host. Tenant code may have taken the process over, so nothing
// here is believed: sizes are bounded, texts are UTF-8, results are JSON, indices are in range.
#include <chrono>
#include <utility>

#include "base/json_scan.h"
#include "base/utf8.h"
#include "sandbox/messages.h"
#include "sandbox/wire.h"

namespace sublet::sandbox {
namespace {

constexpr std::uint64_t kMostErrorName = 8u << 10;
constexpr std::uint64_t kMostErrorMessage = 64u << 10;
constexpr std::uint64_t kMostErrorStack = 64u << 10;
constexpr std::uint64_t kMostCallName = 4u << 10;
constexpr std::uint64_t kMostText = std::uint64_t{256} << 20;
constexpr std::uint64_t kMostCache = std::uint64_t{64} << 20;
constexpr std::uint32_t kMostImports = 4096;
// No heap of ours is larger: a reading beyond is a lie.
constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 40;

std::string read_utf8(Reader& in, std::uint64_t most) {
  const std::string_view text = in.text(most);
  if (!base::is_utf8(text)) in.fail();
  return std::string(text);
}

std::string_view read_json(Reader& in, std::uint64_t most) {
  const std::string_view text = in.text(most);
  if (in.ok() && !base::scan_json(text, base::kMaxJsonDepth).ok()) in.fail();
  return text;
}

void write_error(Writer& out, const std::optional<GuestError>& error) {
  out.flag(error.has_value());
  if (!error.has_value()) return;
  out.text(error->name).text(error->message).text(error->stack);
  out.flag(error->retry_after.has_value());
  if (error->retry_after) out.number(static_cast<std::int64_t>(error->retry_after->count()));
}

std::optional<GuestError> read_error(Reader& in) {
  if (!in.flag()) return std::nullopt;
  GuestError error;
  error.name = read_utf8(in, kMostErrorName);
  error.message = read_utf8(in, kMostErrorMessage);
  error.stack = read_utf8(in, kMostErrorStack);
  if (in.flag()) {
    const std::chrono::milliseconds asked(in.number<std::int64_t>());
    if (asked.count() < 0 || asked > engine::kMostRetryAfter) in.fail();
    error.retry_after = asked;
  }
  return error;
}

void write_standing(Writer& out, const Standing& standing) {
  const engine::MemoryReading& memory = standing.memory;
  out.number(memory.heap.count)
      .number(memory.external.count)
      .number(memory.committed.count)
      .number(memory.peak_heap.count)
      .number(memory.peak_external.count)
      .flag(standing.exhausted)
      .flag(standing.heap_limit_passed)
      .flag(standing.external_limit_passed)
      .flag(standing.reusable);
}

Bytes read_bytes(Reader& in) {
  const auto count = in.number<std::uint64_t>();
  if (count > kMostMemory) in.fail();
  return Bytes{count};
}

Standing read_standing(Reader& in) {
  Standing standing;
  standing.memory.heap = read_bytes(in);
  standing.memory.external = read_bytes(in);
  standing.memory.committed = read_bytes(in);
  standing.memory.peak_heap = read_bytes(in);
  standing.memory.peak_external = read_bytes(in);
  standing.exhausted = in.flag();
  standing.heap_limit_passed = in.flag();
  standing.external_limit_passed = in.flag();
  standing.reusable = in.flag();
  return standing;
}

// The outcomes that an engine decides; limits and losses are the host's to tell.
bool is_engines(Outcome outcome) {
  return outcome == Outcome::kOk || outcome == Outcome::kException ||
         outcome == Outcome::kInvalidResult || outcome == Outcome::kCompileError ||
         outcome == Outcome::kInternalError;
}

Outcome read_outcome(Reader& in) {
  const auto outcome = in.choice<Outcome>(static_cast<std::uint8_t>(Outcome::kInternalError) + 1);
  if (!is_engines(outcome)) in.fail();
  return outcome;
}

void write_cache(Writer& out, const engine::CodeCacheSlot& slot) {
  const auto bytes = slot.get();
  out.text(bytes == nullptr
               ? std::string_view()
               : std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
}

void read_cache(Reader& in, engine::CodeCacheSlot& slot) {
  const std::string_view bytes = in.text(kMostCache);
  if (!bytes.empty()) {
    slot.set(std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end()));
  }
}

void read_prepared_module(Reader& in, std::size_t modules, engine::ProgramModule& module) {
  const std::uint32_t imports = in.count(kMostImports, 16);
  module.imports.clear();
  for (std::uint32_t i = 0; i < imports; ++i) {
    std::string specifier = read_utf8(in, kMostErrorMessage);
    const auto target = in.number<std::uint64_t>();
    if (target >= modules) return in.fail();
    module.imports[std::move(specifier)] = target;
  }
  read_cache(in, module.sandbox_cache);
}

}  // namespace

std::string encode(const engine::TurnReport& report, const Standing& standing) {
  std::string out;
  out.reserve(report.json.size() + 96);
  Writer writer(out);
  writer.number(static_cast<std::uint8_t>(report.status))
      .number(static_cast<std::uint8_t>(report.outcome))
      .text(report.json);
  write_error(writer, report.error);
  writer.flag(report.stalled).flag(report.over_result_limit);
  write_standing(writer, standing);
  return out;
}

std::optional<TurnEnd> decode_turn_end(std::string_view body, std::uint64_t result_limit) {
  Reader in(body);
  TurnEnd end;
  engine::TurnReport& report = end.report;
  report.status = in.choice<engine::TurnReport::Status>(2);
  report.outcome = read_outcome(in);
  const bool answered =
      report.status == engine::TurnReport::Status::kFinished && report.outcome == Outcome::kOk;
  report.json = answered ? read_json(in, result_limit) : in.text(0);
  report.error = read_error(in);
  report.stalled = in.flag();
  report.over_result_limit = in.flag();
  if (answered) report.error.reset();
  end.standing = read_standing(in);
  if (!in.finished()) return std::nullopt;
  return end;
}

std::string encode(const engine::LoadReport& report, const Standing& standing) {
  std::string out;
  Writer writer(out);
  writer.flag(report.ok).number(static_cast<std::uint8_t>(report.outcome));
  write_error(writer, report.error);
  writer.flag(report.missing_export.has_value());
  if (report.missing_export) writer.number(static_cast<std::uint64_t>(*report.missing_export));
  write_standing(writer, standing);
  return out;
}

std::optional<LoadEnd> decode_load_end(std::string_view body, std::size_t exports) {
  Reader in(body);
  LoadEnd end;
  end.report.ok = in.flag();
  end.report.outcome = read_outcome(in);
  end.report.error = read_error(in);
  if (in.flag()) {
    end.report.missing_export = in.number<std::uint64_t>();
    if (*end.report.missing_export >= exports) in.fail();
  }
  // A program that did not load must not end as an invocation that went well.
  if (end.report.ok != (end.report.outcome == Outcome::kOk)) in.fail();
  end.standing = read_standing(in);
  if (!in.finished()) return std::nullopt;
  return end;
}

std::string encode(const Standing& standing) {
  std::string out;
  Writer writer(out);
  write_standing(writer, standing);
  return out;
}

std::optional<Standing> decode_standing(std::string_view body) {
  Reader in(body);
  const Standing standing = read_standing(in);
  if (!in.finished()) return std::nullopt;
  return standing;
}

std::string encode_prepared(const Result<void>& result, const engine::Program& program) {
  std::string out;
  Writer writer(out);
  writer.flag(result.has_value());
  if (!result.has_value()) {
    writer.number(static_cast<std::uint8_t>(result.error().code)).text(result.error().message);
    return out;
  }
  for (const auto& module : program.modules) {
    writer.number(static_cast<std::uint32_t>(module->imports.size()));
    for (const auto& [specifier, target] : module->imports) {
      writer.text(specifier).number(static_cast<std::uint64_t>(target));
    }
    write_cache(writer, module->code_cache);
  }
  writer.text(program.closure);
  write_cache(writer, program.closure_cache);
  return out;
}

std::optional<Result<void>> decode_prepared(std::string_view body, engine::Program& program) {
  Reader in(body);
  if (!in.flag()) {
    Error error{ErrorCode::kInvalidArgument, {}};
    error.code = in.choice<ErrorCode>(static_cast<std::uint8_t>(ErrorCode::kInternal) + 1);
    error.message = read_utf8(in, kMostErrorMessage);
    if (!in.finished()) return std::nullopt;
    return Result<void>(std::move(error));
  }
  for (const auto& module : program.modules) {
    read_prepared_module(in, program.modules.size(), *module);
  }
  program.closure = read_utf8(in, kMostText);
  read_cache(in, program.closure_sandbox_cache);
  if (!in.finished()) return std::nullopt;
  return Result<void>();
}

std::string encode_call(std::string_view name, std::string_view arguments, std::string_view body) {
  std::string out;
  Writer(out).text(name).text(arguments).text(body);
  return out;
}

std::optional<CallMessage> decode_call(std::string_view body) {
  Reader in(body);
  CallMessage message;
  message.name = in.text(kMostCallName);
  message.arguments = in.text(kMostText);
  message.body = in.text(kMostText);
  // Tenant code has a say in what its arguments become (toJSON), so who takes the call looks
  // closer.
  const bool readable =
      message.arguments.empty() || base::scan_json(message.arguments, base::kMaxJsonDepth).ok();
  if (!in.finished() || !readable || !base::is_utf8(message.name)) return std::nullopt;
  return message;
}

std::string encode_log(LogLevel level, std::string_view text) {
  std::string out;
  Writer(out).number(static_cast<std::uint8_t>(level)).text(text);
  return out;
}

std::optional<LogMessage> decode_log(std::string_view body) {
  Reader in(body);
  LogMessage message;
  message.level = in.choice<LogLevel>(4);
  message.text = in.text(kMostText);
  if (!in.finished() || !base::is_utf8(message.text)) return std::nullopt;
  return message;
}

}  // namespace sublet::sandbox
