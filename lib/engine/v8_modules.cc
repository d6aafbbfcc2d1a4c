// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_modules.h"

#include <algorithm>
#include <memory>

#include "engine/closure.h"
#include "engine/v8_compat.h"
#include "engine/v8_context.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

using CachedData = v8::ScriptCompiler::CachedData;

// V8 frees what Source owns; the bytes stay ours.
CachedData* borrow(const CodeCacheSlot::Bytes& bytes) {
  if (bytes == nullptr || bytes->empty()) return nullptr;
  return new CachedData(bytes->data(), static_cast<int>(bytes->size()), CachedData::BufferNotOwned);
}

void keep(CodeCacheSlot& slot, CachedData* made) {
  std::unique_ptr<CachedData> cache(made);
  if (cache == nullptr) return;
  slot.set(std::make_shared<const std::vector<std::uint8_t>>(cache->data,
                                                             cache->data + cache->length));
}

v8::ScriptCompiler::CompileOptions options_for(const CodeCacheSlot::Bytes& bytes) {
  return bytes == nullptr || bytes->empty() ? v8::ScriptCompiler::kNoCompileOptions
                                            : v8::ScriptCompiler::kConsumeCodeCache;
}

void drop_if_rejected(const v8::ScriptCompiler::Source& source, CodeCacheSlot& slot) {
  const CachedData* cache = source.GetCachedData();
  if (cache != nullptr && cache->rejected) slot.set(nullptr);
}

v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                   v8::Local<v8::FixedArray>, v8::Local<v8::Module> referrer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  V8Context* self = V8Isolate::from(isolate)->current;
  const std::optional<std::size_t> from = self->index_of(referrer);
  if (from.has_value()) {
    const auto& imports = self->program()->modules[*from]->imports;
    const auto found = imports.find(to_utf8(isolate, specifier));
    if (found != imports.end()) return self->module(found->second);
  }
  isolate->ThrowException(v8::Exception::Error(literal(isolate, "no such module in the bundle")));
  (void)context;
  return {};
}

}  // namespace

v8::MaybeLocal<v8::String> module_text(v8::Isolate* isolate,
                                       const std::shared_ptr<const Program>& program,
                                       const ProgramModule& module) {
  if (module.ascii) return make_external_ascii(isolate, module.text, program);
  return make_string(isolate, module.text);
}

v8::MaybeLocal<v8::Module> compile_module(v8::Isolate* isolate,
                                          const std::shared_ptr<const Program>& program,
                                          std::size_t index) {
  const ProgramModule& module = *program->modules[index];
  v8::Local<v8::String> text;
  v8::Local<v8::String> path;
  if (!module_text(isolate, program, module).ToLocal(&text) ||
      !make_string(isolate, module.path).ToLocal(&path)) {
    return {};
  }
  const CodeCacheSlot::Bytes bytes = module.code_cache.get();
  v8::ScriptCompiler::Source source(text, compat::make_origin(isolate, path, /*is_module=*/true),
                                    borrow(bytes));
  v8::MaybeLocal<v8::Module> compiled =
      v8::ScriptCompiler::CompileModule(isolate, &source, options_for(bytes));
  drop_if_rejected(source, module.code_cache);
  return compiled;
}

v8::Maybe<bool> link_modules(v8::Local<v8::Context> context, v8::Local<v8::Module> main) {
  return main->InstantiateModule(context, resolve);
}

void keep_code_cache(const ProgramModule& module, v8::Local<v8::Module> compiled) {
  keep(module.code_cache,
       v8::ScriptCompiler::CreateCodeCache(compiled->GetUnboundModuleScript()));
}

v8::MaybeLocal<v8::UnboundScript> compile_closure(v8::Isolate* isolate,
                                                  const std::shared_ptr<const Program>& program) {
  const ProgramModule& main = *program->modules[program->main];
  v8::Local<v8::String> text;
  v8::Local<v8::String> path;
  v8::MaybeLocal<v8::String> made = main.ascii
                                        ? make_external_ascii(isolate, program->closure, program)
                                        : make_string(isolate, program->closure);
  if (!made.ToLocal(&text) || !make_string(isolate, main.path).ToLocal(&path)) return {};
  const CodeCacheSlot::Bytes bytes = program->closure_cache.get();
  v8::ScriptCompiler::Source source(
      text, compat::make_origin(isolate, path, /*is_module=*/false, -kClosurePrefixLength),
      borrow(bytes));
  v8::MaybeLocal<v8::UnboundScript> compiled =
      v8::ScriptCompiler::CompileUnboundScript(isolate, &source, options_for(bytes));
  drop_if_rejected(source, program->closure_cache);
  return compiled;
}

void keep_closure_cache(const Program& program, v8::Local<v8::UnboundScript> compiled) {
  keep(program.closure_cache, v8::ScriptCompiler::CreateCodeCache(compiled));
}

}  // namespace sublet::engine
