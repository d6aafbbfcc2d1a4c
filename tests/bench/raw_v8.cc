// SPDX-License-Identifier: Apache-2.0
#include "bench/raw_v8.h"

#include <v8.h>

#include <atomic>
#include <deque>
#include <optional>
#include <thread>

#include "bench/measure.h"
#include "bench/raw_queue.h"
#include "bench/raw_v8_text.h"

namespace sublet::bench {
namespace {

// Text that the caller keeps alive for longer than the isolate.
class LentText final : public v8::String::ExternalOneByteStringResource {
 public:
  explicit LentText(const std::string& text) : text_(text) {}
  const char* data() const override { return text_.data(); }
  std::size_t length() const override { return text_.size(); }

 private:
  const std::string& text_;
};

v8::Local<v8::String> lent(v8::Isolate* isolate, const std::string& ascii) {
  return v8::String::NewExternalOneByte(isolate, new LentText(ascii)).ToLocalChecked();
}

void call(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Function> handler,
          v8::Local<v8::String> json, std::string& out) {
  v8::Local<v8::Value> event = v8::JSON::Parse(context, json).ToLocalChecked();
  v8::Local<v8::Value> answer =
      handler->Call(context, v8::Undefined(isolate), 1, &event).ToLocalChecked();
  text_out(isolate, v8::JSON::Stringify(context, answer).ToLocalChecked(), out);
}

// An isolate, its context and its handler, as a host that runs bare V8 would keep them.
struct Tenant {
  v8::Isolate* isolate = new_isolate();
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> handler;

  void load(const std::string& source) {
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    v8::Local<v8::Context> made = v8::Context::New(isolate);
    v8::Context::Scope in_context(made);
    bench::run(made, compile(isolate, source));
    context.Reset(isolate, made);
    handler.Reset(isolate, handler_of(isolate, made));
  }

  void call_locked(const std::string& json, std::string& out) {
    v8::Locker lock(isolate);
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    v8::Local<v8::Context> inside = context.Get(isolate);
    v8::Context::Scope in_context(inside);
    call(isolate, inside, handler.Get(isolate), copied(isolate, json), out);
  }

  Tenant() = default;
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;
  ~Tenant() {
    context.Reset();
    handler.Reset();
    isolate->Dispose();
  }
};

std::vector<std::uint8_t> cache_after_run(const std::string& source, const std::string& json) {
  v8::Isolate* isolate = new_isolate();
  std::vector<std::uint8_t> bytes;
  {
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope in_context(context);
    v8::Local<v8::UnboundScript> script = compile(isolate, source);
    run(context, script);
    std::string out;
    call(isolate, context, handler_of(isolate, context), copied(isolate, json), out);
    std::unique_ptr<v8::ScriptCompiler::CachedData> data(
        v8::ScriptCompiler::CreateCodeCache(script));
    bytes.assign(data->data, data->data + data->length);
  }
  isolate->Dispose();
  return bytes;
}

}  // namespace

std::string run_in_raw_v8(const std::string& source) {
  v8::Isolate* isolate = new_isolate();
  std::string out;
  {
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope in_context(context);
    v8::String::Utf8Value text(isolate, run(context, compile(isolate, source)));
    out.assign(*text, static_cast<std::size_t>(text.length()));
  }
  isolate->Dispose();
  return out;
}

struct RawTenant::Impl : Tenant {};

RawTenant::RawTenant(const std::string& source) : impl_(std::make_unique<Impl>()) {
  impl_->load(source);
}
RawTenant::~RawTenant() = default;

void RawTenant::run(const std::string& json, RawInput input, std::uint64_t count,
                    std::string& out) {
  v8::Isolate* isolate = impl_->isolate;
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope outer(isolate);
  v8::Local<v8::Context> context = impl_->context.Get(isolate);
  v8::Context::Scope in_context(context);
  v8::Local<v8::Function> handler = impl_->handler.Get(isolate);
  for (std::uint64_t i = 0; i < count; ++i) {
    v8::HandleScope handles(isolate);
    call(isolate, context, handler,
         input == RawInput::kCopy ? copied(isolate, json) : lent(isolate, json), out);
  }
}

struct RawReadyContexts::Impl {
  struct Ready {
    v8::Global<v8::Context> context;
    v8::Global<v8::Function> handler;
  };

  v8::Isolate* isolate = new_isolate();
  v8::Global<v8::UnboundScript> script;
  std::deque<Ready> ready;

  ~Impl() {
    ready.clear();
    script.Reset();
    isolate->Dispose();
  }
};

RawReadyContexts::RawReadyContexts(const std::string& source) : impl_(std::make_unique<Impl>()) {
  v8::Isolate* isolate = impl_->isolate;
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope handles(isolate);
  v8::Context::Scope in_context(v8::Context::New(isolate));
  impl_->script.Reset(isolate, compile(isolate, source));
}
RawReadyContexts::~RawReadyContexts() = default;

void RawReadyContexts::prepare() {
  v8::Isolate* isolate = impl_->isolate;
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope handles(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  v8::Context::Scope in_context(context);
  run(context, impl_->script.Get(isolate));
  Impl::Ready made;
  made.context.Reset(isolate, context);
  made.handler.Reset(isolate, handler_of(isolate, context));
  impl_->ready.push_back(std::move(made));
}

std::uint64_t RawReadyContexts::call_ns(const std::string& json, std::string& out) {
  v8::Isolate* isolate = impl_->isolate;
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope handles(isolate);
  Impl::Ready next = std::move(impl_->ready.front());
  impl_->ready.pop_front();
  const std::uint64_t start = wall_ns();
  {
    v8::Local<v8::Context> context = next.context.Get(isolate);
    v8::Context::Scope in_context(context);
    call(isolate, context, next.handler.Get(isolate), copied(isolate, json), out);
  }
  return wall_ns() - start;
}

RawColdStart::RawColdStart(std::string source, std::string json)
    : source_(std::move(source)), json_(std::move(json)), cache_(cache_after_run(source_, json_)) {}

std::uint64_t RawColdStart::start_ns(std::string& out) {
  const std::uint64_t start = wall_ns();
  std::uint64_t end = 0;
  v8::Isolate* isolate = new_isolate();
  {
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope in_context(context);
    v8::ScriptCompiler::Source text(
        copied(isolate, source_), origin(isolate),
        new v8::ScriptCompiler::CachedData(cache_.data(), static_cast<int>(cache_.size())));
    v8::ScriptCompiler::Compile(context, &text, v8::ScriptCompiler::kConsumeCodeCache)
        .ToLocalChecked()
        ->Run(context)
        .ToLocalChecked();
    call(isolate, context, handler_of(isolate, context), copied(isolate, json_), out);
    end = wall_ns();
  }
  isolate->Dispose();
  return end - start;
}

struct RawFleet::Impl {
  std::string json;
  std::vector<std::unique_ptr<Tenant>> tenants;

  // Takes calls, makes them, and gives the client's next call to the queue.
  void work(RawQueue& queue, std::vector<double>& latencies) {
    std::string out;
    while (std::optional<RawQueue::Call> next = queue.pop()) {
      tenants[next->tenant]->call_locked(json, out);
      latencies.push_back(static_cast<double>(wall_ns() - next->accepted_ns) / 1e6);
      queue.push_next();
    }
  }
};

RawFleet::RawFleet(const std::string& source, std::string json, std::size_t tenants)
    : impl_(std::make_unique<Impl>()) {
  impl_->json = std::move(json);
  for (std::size_t i = 0; i < tenants; ++i) {
    auto tenant = std::make_unique<Tenant>();
    v8::Locker lock(tenant->isolate);
    tenant->load(source);
    impl_->tenants.push_back(std::move(tenant));
  }
}
RawFleet::~RawFleet() = default;

RawFleet::Throughput RawFleet::run(const std::vector<std::uint32_t>& sequence, std::size_t position,
                                   std::size_t count, int clients, int workers) {
  RawQueue queue(sequence, position, count);
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(workers));
  const std::uint64_t start = wall_ns();
  for (int i = 0; i < clients; ++i) queue.push_next();
  std::vector<std::thread> threads;
  for (auto& mine : latencies) threads.emplace_back([&] { impl_->work(queue, mine); });
  for (std::thread& thread : threads) thread.join();
  const double elapsed = static_cast<double>(wall_ns() - start) / 1e9;
  std::vector<double> all;
  for (const auto& mine : latencies) all.insert(all.end(), mine.begin(), mine.end());
  return {static_cast<double>(all.size()) / elapsed, percentile(all, 0.99)};
}

}  // namespace sublet::bench
