// SPDX-License-Identifier: Apache-2.0
// What the host asks of a sandboxed process, and the answers it gives it.
#include <limits>
#include <utility>

#include "sandbox/messages.h"
#include "sandbox/wire.h"

namespace sublet::sandbox {
namespace {

// The process trusts the host: a text is bounded by its message.
constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kManyCompletions = 1u << 20;
constexpr std::uint32_t kManyModules = 1u << 16;

engine::CodeCacheSlot::Bytes best_cache(const engine::CodeCacheSlot& sandboxed,
                                        const engine::CodeCacheSlot& in_process) {
  auto bytes = sandboxed.get();
  return bytes != nullptr ? bytes : in_process.get();
}

void write_cache(Writer& out, const engine::CodeCacheSlot::Bytes& bytes) {
  out.text(bytes == nullptr
               ? std::string_view()
               : std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
}

void read_cache(Reader& in, engine::CodeCacheSlot& slot) {
  const std::string_view bytes = in.text(kAny);
  if (!bytes.empty()) {
    slot.set(std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end()));
  }
}

void write_module(Writer& out, const engine::ProgramModule& module) {
  out.text(module.path).text(module.text).flag(module.ascii);
  out.number(static_cast<std::uint32_t>(module.imports.size()));
  for (const auto& [specifier, target] : module.imports) {
    out.text(specifier).number(static_cast<std::uint64_t>(target));
  }
  write_cache(out, best_cache(module.sandbox_cache, module.code_cache));
}

std::unique_ptr<engine::ProgramModule> read_module(Reader& in) {
  auto module = std::make_unique<engine::ProgramModule>();
  module->path = in.text(kAny);
  module->text = in.text(kAny);
  module->ascii = in.flag();
  const std::uint32_t imports = in.count(kManyModules, 16);
  for (std::uint32_t i = 0; i < imports; ++i) {
    std::string specifier(in.text(kAny));
    module->imports[std::move(specifier)] = in.number<std::uint64_t>();
  }
  read_cache(in, module->code_cache);
  return module;
}

}  // namespace

std::string encode(const engine::IsolateOptions& options) {
  std::string out;
  Writer(out)
      .number(options.heap.count)
      .number(options.external_memory.count)
      .number(options.stack.count)
      .flag(options.allow_eval)
      .flag(options.allow_wasm)
      .flag(options.heap_dry_run)
      .flag(options.external_dry_run);
  return out;
}

std::optional<engine::IsolateOptions> decode_options(std::string_view body) {
  Reader in(body);
  engine::IsolateOptions options;
  options.heap.count = in.number<std::uint64_t>();
  options.external_memory.count = in.number<std::uint64_t>();
  options.stack.count = in.number<std::uint64_t>();
  options.allow_eval = in.flag();
  options.allow_wasm = in.flag();
  options.heap_dry_run = in.flag();
  options.external_dry_run = in.flag();
  if (!in.finished()) return std::nullopt;
  return options;
}

std::string encode(const engine::Program& program) {
  std::string out;
  Writer writer(out);
  writer.text(program.digest).number(static_cast<std::uint32_t>(program.modules.size()));
  for (const auto& module : program.modules) write_module(writer, *module);
  writer.number(static_cast<std::uint64_t>(program.main));
  writer.number(static_cast<std::uint32_t>(program.exports.size()));
  for (const std::string& name : program.exports) writer.text(name);
  writer.number(static_cast<std::uint8_t>(program.realm));
  writer.number(static_cast<std::uint8_t>(program.state));
  writer.text(program.closure);
  write_cache(writer, best_cache(program.closure_sandbox_cache, program.closure_cache));
  return out;
}

std::unique_ptr<engine::Program> decode_program(std::string_view body) {
  Reader in(body);
  auto program = std::make_unique<engine::Program>();
  program->digest = in.text(kAny);
  const std::uint32_t modules = in.count(kManyModules, 29);
  for (std::uint32_t i = 0; i < modules; ++i) program->modules.push_back(read_module(in));
  program->main = in.number<std::uint64_t>();
  const std::uint32_t exports = in.count(kManyModules, 8);
  for (std::uint32_t i = 0; i < exports; ++i) program->exports.emplace_back(in.text(kAny));
  program->realm = in.choice<Realm>(2);
  program->state = in.choice<State>(2);
  program->closure = in.text(kAny);
  read_cache(in, program->closure_cache);
  if (!in.finished() || program->main >= program->modules.size()) return nullptr;
  for (const auto& module : program->modules) {
    for (const auto& [specifier, target] : module->imports) {
      if (target >= program->modules.size()) return nullptr;
    }
  }
  // Making caches for everybody is not this process's to do.
  program->caches_after_run = true;
  return program;
}

std::string encode_load(std::uint32_t turn, std::uint64_t context, std::uint64_t number,
                        const engine::Program* program) {
  std::string out;
  Writer(out).number(turn).number(context).number(number).text(
      program == nullptr ? std::string() : encode(*program));
  return out;
}

std::optional<LoadMessage> decode_load(std::string_view body) {
  Reader in(body);
  LoadMessage message;
  message.turn = in.number<std::uint32_t>();
  message.context = in.number<std::uint64_t>();
  message.number = in.number<std::uint64_t>();
  const std::string_view program = in.text(kAny);
  if (!in.finished()) return std::nullopt;
  if (program.empty()) return message;
  message.program = decode_program(program);
  if (message.program == nullptr) return std::nullopt;
  return message;
}

std::string encode_start(std::uint32_t turn, std::uint64_t context, engine::ActivationId activation,
                         const engine::CallInput& input) {
  std::string out;
  out.reserve(input.payload.size() + 192);
  Writer(out)
      .number(turn)
      .number(context)
      .number(activation)
      .number(static_cast<std::uint64_t>(input.handler))
      .text(input.payload)
      .flag(input.payload_ascii)
      .text(input.event)
      .text(input.event_id)
      .text(input.tenant)
      .text(input.extension)
      .number(input.attempt)
      .number(input.result_limit.count)
      .flag(input.result_dry_run);
  return out;
}

std::optional<StartMessage> decode_start(std::string_view body) {
  Reader in(body);
  StartMessage message;
  message.turn = in.number<std::uint32_t>();
  message.context = in.number<std::uint64_t>();
  message.activation = in.number<engine::ActivationId>();
  engine::CallInput& input = message.input;
  input.handler = in.number<std::uint64_t>();
  input.payload = in.text(kAny);
  input.payload_ascii = in.flag();
  input.event = in.text(kAny);
  input.event_id = in.text(kAny);
  input.tenant = in.text(kAny);
  input.extension = in.text(kAny);
  input.attempt = in.number<std::uint32_t>();
  input.result_limit.count = in.number<std::uint64_t>();
  input.result_dry_run = in.flag();
  if (!in.finished()) return std::nullopt;
  return message;
}

std::string encode_resume(std::uint32_t turn, std::uint64_t context,
                          engine::ActivationId activation,
                          std::span<const engine::HostCallCompletion> completions) {
  std::string out;
  Writer writer(out);
  writer.number(turn).number(context).number(activation);
  writer.number(static_cast<std::uint32_t>(completions.size()));
  for (const engine::HostCallCompletion& completion : completions) {
    writer.number(completion.id).flag(completion.ok).text(completion.text);
    writer.flag(completion.bytes).text(completion.code);
  }
  return out;
}

std::optional<ResumeMessage> decode_resume(std::string_view body) {
  Reader in(body);
  ResumeMessage message;
  message.turn = in.number<std::uint32_t>();
  message.context = in.number<std::uint64_t>();
  message.activation = in.number<engine::ActivationId>();
  const std::uint32_t count = in.count(kManyCompletions, 26);
  for (std::uint32_t i = 0; i < count; ++i) {
    engine::HostCallCompletion completion;
    completion.id = in.number<engine::CallId>();
    completion.ok = in.flag();
    completion.text = in.text(kAny);
    completion.bytes = in.flag();
    completion.code = in.text(kAny);
    message.completions.push_back(std::move(completion));
  }
  if (!in.finished()) return std::nullopt;
  return message;
}

std::string encode(const engine::HostCallStart& start) {
  std::string out;
  Writer(out).number(static_cast<std::uint8_t>(start.kind)).number(start.id).text(start.text);
  Writer(out).flag(start.bytes).text(start.code);
  return out;
}

std::optional<engine::HostCallStart> decode_call_start(std::string_view body) {
  Reader in(body);
  engine::HostCallStart start;
  start.kind = in.choice<engine::HostCallStart::Kind>(3);
  start.id = in.number<engine::CallId>();
  start.text = in.text(kAny);
  start.bytes = in.flag();
  start.code = in.text(kAny);
  if (!in.finished()) return std::nullopt;
  return start;
}

std::string encode(const engine::RemainingLimits& remaining) {
  std::string out;
  Writer(out)
      .number(static_cast<std::int64_t>(remaining.cpu_time.count()))
      .number(static_cast<std::int64_t>(remaining.wall_time.count()))
      .number(remaining.host_calls)
      .number(remaining.log_lines)
      .number(remaining.kv_operations)
      .number(remaining.requests)
      .number(remaining.events);
  return out;
}

std::optional<engine::RemainingLimits> decode_remaining(std::string_view body) {
  Reader in(body);
  engine::RemainingLimits remaining;
  remaining.cpu_time = std::chrono::nanoseconds(in.number<std::int64_t>());
  remaining.wall_time = std::chrono::nanoseconds(in.number<std::int64_t>());
  remaining.host_calls = in.number<std::uint32_t>();
  remaining.log_lines = in.number<std::uint32_t>();
  remaining.kv_operations = in.number<std::uint32_t>();
  remaining.requests = in.number<std::uint32_t>();
  remaining.events = in.number<std::uint32_t>();
  if (!in.finished()) return std::nullopt;
  return remaining;
}

std::string encode_number(std::uint64_t value) {
  std::string out;
  Writer(out).number(value);
  return out;
}

std::optional<std::uint64_t> decode_number(std::string_view body) {
  Reader in(body);
  const auto value = in.number<std::uint64_t>();
  if (!in.finished()) return std::nullopt;
  return value;
}

std::string encode_pair(std::uint64_t first, std::uint64_t second) {
  std::string out;
  Writer(out).number(first).number(second);
  return out;
}

std::optional<Pair> decode_pair(std::string_view body) {
  Reader in(body);
  Pair pair;
  pair.first = in.number<std::uint64_t>();
  pair.second = in.number<std::uint64_t>();
  if (!in.finished()) return std::nullopt;
  return pair;
}

}  // namespace sublet::sandbox
