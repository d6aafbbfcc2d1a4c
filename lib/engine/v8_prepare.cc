// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_prepare.h"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "base/thread_stack.h"
#include "engine/closure.h"
#include "engine/sdk_sources.h"
#include "engine/v8_compat.h"
#include "engine/v8_exception.h"
#include "engine/v8_isolate.h"
#include "engine/v8_modules.h"
#include "engine/v8_strings.h"
#include "policy/module_path.h"

namespace sublet::engine {
namespace {

// The parser needs many times the text's size for a short while.
constexpr Bytes kHeap = Bytes::mebibytes(512);
// V8's parser looks at no limit in some of its recursions; this holds what the largest source can
// make of them. Only touched pages count.
constexpr std::size_t kStack = std::size_t{512} << 20;
// What a worker has for the same, with room for the frames below.
constexpr std::size_t kMostParserStack = std::size_t{8} << 20;
constexpr Bytes kStackForV8 = Bytes::mebibytes(1);

// What one import names: the texts of a program by path.
std::optional<std::size_t> find_path(const Program& program, std::string_view path) {
  for (std::size_t i = 0; i < program.modules.size(); ++i) {
    if (program.modules[i]->path == path) return i;
  }
  return std::nullopt;
}

Error at(const ProgramModule& module, int line, int column, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, module.path + ":" + std::to_string(line) + ":" +
                                                std::to_string(column) + ": " + what};
}

Result<void> resolve_imports(v8::Local<v8::Context> context, Program& program, std::size_t index,
                             v8::Local<v8::Module> compiled) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  ProgramModule& module = *program.modules[index];
  v8::Local<v8::FixedArray> requests = compiled->GetModuleRequests();
  for (int i = 0; i < requests->Length(); ++i) {
    const auto request = compat::element(context, requests, i).As<v8::ModuleRequest>();
    v8::Location where = compiled->SourceOffsetToLocation(request->GetSourceOffset());
    const std::string specifier = to_utf8(isolate, request->GetSpecifier());
    const Result<std::string> path = policy::resolve_specifier(
        module.path, specifier,
        [&](std::string_view file) { return find_path(program, file).has_value(); },
        std::to_string(where.GetLineNumber() + 1) + ":" +
            std::to_string(where.GetColumnNumber() + 1));
    if (!path) return path.error();
    module.imports[specifier] = *find_path(program, *path);
  }
  return {};
}

Error compile_error(v8::Local<v8::Context> context, const v8::TryCatch& caught,
                    const Program& program, const ProgramModule& module) {
  if (!caught.HasCaught() || caught.HasTerminated()) {
    return Error{ErrorCode::kInvalidArgument,
                 module.path + ": compiling it takes more memory than there is for that"};
  }
  const GuestError error = describe_located(context, caught.Exception(), caught.Message(), program);
  return Error{ErrorCode::kInvalidArgument, error.message};
}

// Compiles all modules; the program is shared only within this call.
Result<void> compile_all(v8::Local<v8::Context> context, Program& program) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  // The external strings below point into the program, which outlives this isolate.
  const std::shared_ptr<const Program> borrowed(&program, [](const Program*) {});
  for (std::size_t i = 0; i < program.modules.size(); ++i) {
    v8::TryCatch caught(isolate);
    v8::Local<v8::Module> compiled;
    if (!compile_module(isolate, borrowed, i).ToLocal(&compiled)) {
      return compile_error(context, caught, program, *program.modules[i]);
    }
    if (base::deepest_stack_use() > kMostParserStack) {
      return Error{ErrorCode::kInvalidArgument,
                   program.modules[i]->path + ": the code is nested too deeply: V8's parser took " +
                       std::to_string(base::deepest_stack_use() >> 20) + " MiB of stack, at most " +
                       std::to_string(kMostParserStack >> 20) + " are allowed"};
    }
    Result<void> resolved = resolve_imports(context, program, i, compiled);
    if (!resolved) return resolved;
  }
  return {};
}

v8::MaybeLocal<v8::Value> run_rewriter(v8::Local<v8::Context> context, const Program& program) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::ScriptOrigin origin =
      compat::make_origin(isolate, literal(isolate, "sublet:closure"), /*is_module=*/false);
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> setup;
  v8::Local<v8::Value> rewrite;
  v8::Local<v8::String> text;
  if (!make_external_ascii(isolate, sdk_source("closure"), nullptr).ToLocal(&source) ||
      !v8::Script::Compile(context, source, &origin).ToLocal(&script) ||
      !script->Run(context).ToLocal(&setup) || !setup->IsFunction() ||
      !setup.As<v8::Function>()
           ->Call(context, v8::Undefined(isolate), 0, nullptr)
           .ToLocal(&rewrite) ||
      !rewrite->IsFunction() ||
      !make_string(isolate, program.modules[program.main]->text).ToLocal(&text)) {
    return {};
  }
  v8::Local<v8::Array> names = v8::Array::New(isolate, static_cast<int>(program.exports.size()));
  for (std::size_t i = 0; i < program.exports.size(); ++i) {
    v8::Local<v8::String> export_name;
    if (!make_string(isolate, program.exports[i]).ToLocal(&export_name)) return {};
    compat::ignore(names->Set(context, static_cast<std::uint32_t>(i), export_name));
  }
  std::array<v8::Local<v8::Value>, 2> arguments = {text, names};
  return rewrite.As<v8::Function>()->Call(context, v8::Undefined(isolate),
                                          static_cast<int>(arguments.size()), arguments.data());
}

std::string member_text(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                        std::string_view key) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!object->Get(context, name(isolate, key)).ToLocal(&value) || !value->IsString()) return {};
  return to_utf8(isolate, value.As<v8::String>());
}

int member_number(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                  std::string_view key) {
  v8::Local<v8::Value> value;
  if (!object->Get(context, name(v8::Isolate::GetCurrent(), key)).ToLocal(&value)) return 1;
  return value->Int32Value(context).FromMaybe(1);
}

Result<void> rewrite_closure(v8::Local<v8::Context> context, Program& program) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  const ProgramModule& main = *program.modules[program.main];
  v8::Local<v8::Value> answer;
  if (!run_rewriter(context, program).ToLocal(&answer) || !answer->IsObject()) {
    return compile_error(context, caught, program, main);
  }
  v8::Local<v8::Object> result = answer.As<v8::Object>();
  const std::string error = member_text(context, result, "error");
  if (!error.empty()) {
    return at(main, member_number(context, result, "line"),
              member_number(context, result, "column"), error);
  }
  program.closure = member_text(context, result, "code");
  return {};
}

// The work, on a thread of its own. Shared with the caller, since V8 may keep the thread for good.
struct Preparation {
  const Snapshot* snapshot = nullptr;
  Program* program = nullptr;
  base::Mutex mutex;
  base::CondVar finished;
  bool done SUBLET_GUARDED_BY(mutex) = false;
  Result<void> result SUBLET_GUARDED_BY(mutex);

  void finish(Result<void> outcome) {
    base::MutexLock lock(mutex);
    if (done) return;
    done = true;
    result = std::move(outcome);
    finished.notify_all();
  }
};

Result<void> run(const Snapshot& snapshot, Program& program, FatalHandler on_fatal) {
  IsolateOptions options;
  options.heap = kHeap;
  options.stack = kStackForV8;
  V8Isolate isolate(options, snapshot, std::move(on_fatal));
  EnteredIsolate entered(isolate);
  v8::HandleScope handles(isolate.v8());
  v8::Local<v8::Context> context = v8::Context::New(isolate.v8());
  v8::Context::Scope in_context(context);
  Result<void> compiled = compile_all(context, program);
  if (!compiled || program.realm != Realm::kFrozen) return compiled;
  return rewrite_closure(context, program);
}

void* prepare_on_thread(void* argument) {
  const std::unique_ptr<std::shared_ptr<Preparation>> handed(
      static_cast<std::shared_ptr<Preparation>*>(argument));
  const std::shared_ptr<Preparation> work = *handed;
  work->finish(run(*work->snapshot, *work->program, [work](std::string_view) {
    work->finish(Error{ErrorCode::kResourceExhausted,
                       "the bundle cannot be compiled in the memory that there is for that"});
  }));
  return nullptr;
}

}  // namespace

Result<void> prepare_program_here(const Snapshot& snapshot, Program& program,
                                  FatalHandler on_fatal) {
  return run(snapshot, program, std::move(on_fatal));
}

Result<void> prepare_program(const Snapshot& snapshot, Program& program) {
  auto work = std::make_shared<Preparation>();
  work->snapshot = &snapshot;
  work->program = &program;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  auto handed = std::make_unique<std::shared_ptr<Preparation>>(work);
  // Signals are the host's: the new thread inherits that it takes none.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int failed = pthread_create(&thread, &attributes, prepare_on_thread, handed.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (failed != 0) return Error{ErrorCode::kUnavailable, "no thread could be started"};
  handed.release();
  base::MutexLock lock(work->mutex);
  while (!work->done) work->finished.wait(work->mutex);
  return std::move(work->result);
}

}  // namespace sublet::engine
