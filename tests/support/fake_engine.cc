// SPDX-License-Identifier: Apache-2.0
#include "support/fake_engine.h"

#include <unistd.h>

#include <optional>
#include <utility>

namespace sublet::test {

using engine::TurnReport;

namespace {

class FakeContext final : public engine::Context {
 public:
  FakeContext(FakeIsolate& isolate, Realm realm) : isolate_(isolate), realm_(realm) {
    ++isolate_.counts().contexts;
    ++isolate_.counts().contexts_made;
  }
  ~FakeContext() override {
    isolate_.check_entered();
    --isolate_.counts().contexts;
  }

  engine::LoadReport load(std::shared_ptr<const engine::Program> program,
                          engine::HostCallPort&) override {
    isolate_.check_entered();
    if (program_ != nullptr || program->realm != realm_) ++isolate_.counts().violations;
    ++isolate_.counts().loads;
    isolate_.begin_turn();
    program_ = std::move(program);
    if (isolate_.fake_engine().top_level()) return isolate_.fake_engine().top_level()(isolate_);
    engine::LoadReport report;
    report.ok = true;
    return report;
  }

  TurnReport start(engine::ActivationId id, const engine::CallInput& input,
                   engine::HostCallPort& port) override {
    isolate_.check_entered();
    ++isolate_.counts().starts;
    const bool fresh_only = realm_ == Realm::kStandard && program_->state == State::kInvocation;
    if (activations_.count(id) != 0 || (fresh_only && used_)) ++isolate_.counts().violations;
    used_ = true;
    Activation activation;
    activation.handler = isolate_.fake_engine().find(program_->exports.at(input.handler));
    activation.port = &port;
    if (activation.handler == nullptr) return FakeTurn::throws("no such handler");
    return run(id, activation, &input, {});
  }

  TurnReport resume(engine::ActivationId id,
                    std::span<const engine::HostCallCompletion> completions) override {
    isolate_.check_entered();
    const auto found = activations_.find(id);
    if (found == activations_.end()) {
      ++isolate_.counts().violations;
      return FakeTurn::throws("no such activation");
    }
    Activation activation = found->second;
    return run(id, activation, nullptr, completions);
  }

  void warn(engine::ActivationId id) override {
    isolate_.check_entered();
    activations_[id].warned = true;
  }

  void drop(engine::ActivationId id) override {
    isolate_.check_entered();
    ++isolate_.counts().drops;
    activations_.erase(id);
  }

  bool reusable() const override {
    return !terminated_ && (realm_ == Realm::kFrozen || program_->state == State::kTenant);
  }

 private:
  struct Activation {
    const FakeHandler* handler = nullptr;
    engine::HostCallPort* port = nullptr;
    std::uint32_t turns = 0;
    bool warned = false;
  };

  TurnReport run(engine::ActivationId id, Activation activation, const engine::CallInput* input,
                 std::span<const engine::HostCallCompletion> completions) {
    isolate_.begin_turn();
    FakeTurn turn{*activation.port,  input,   completions, ++activation.turns,
                  activation.warned, isolate_};
    activation.warned = false;
    TurnReport report = (*activation.handler)(turn);
    if (isolate_.terminated()) terminated_ = true;
    if (report.status == TurnReport::Status::kAwaiting) {
      activations_[id] = activation;
    } else {
      activations_.erase(id);
    }
    return report;
  }

  FakeIsolate& isolate_;
  const Realm realm_;
  std::shared_ptr<const engine::Program> program_;
  std::map<engine::ActivationId, Activation> activations_;
  bool used_ = false;
  bool terminated_ = false;
};

}  // namespace

TurnReport FakeTurn::answers(std::string json) {
  TurnReport report;
  report.outcome = Outcome::kOk;
  report.json = std::move(json);
  return report;
}

TurnReport FakeTurn::throws(std::string message) {
  TurnReport report;
  report.outcome = Outcome::kException;
  report.error = GuestError{"Error", std::move(message), ""};
  return report;
}

TurnReport FakeTurn::awaits(bool stalled) {
  TurnReport report;
  report.status = TurnReport::Status::kAwaiting;
  report.stalled = stalled;
  return report;
}

TurnReport FakeTurn::spins() {
  while (!isolate.terminated()) {
  }
  return throws("terminated");
}

TurnReport FakeTurn::exhausts() {
  isolate.exhaust();
  return throws("out of memory");
}

void FakeTurn::fails_fatally(std::string_view reason) {
  isolate.on_fatal()(reason);
  for (;;) pause();
}

const FakeHandler* FakeEngine::find(const std::string& handler) const {
  const auto found = handlers_.find(handler);
  return found == handlers_.end() ? nullptr : &found->second;
}

Result<std::unique_ptr<engine::Isolate>> FakeEngine::create_isolate(
    const engine::IsolateOptions& options, engine::FatalHandler on_fatal) {
  if (refuse_) return Error{ErrorCode::kUnavailable, "no isolate today"};
  return std::unique_ptr<engine::Isolate>(
      std::make_unique<FakeIsolate>(*this, counts_, options, std::move(on_fatal)));
}

FakeIsolate::FakeIsolate(FakeEngine& engine, std::shared_ptr<FakeCounts> counts,
                         const engine::IsolateOptions& options, engine::FatalHandler on_fatal)
    : engine_(engine),
      counts_(std::move(counts)),
      options_(options),
      on_fatal_(std::move(on_fatal)) {
  ++counts_->isolates;
  ++counts_->isolates_made;
}

FakeIsolate::~FakeIsolate() {
  if (entered_) ++counts_->violations;
  --counts_->isolates;
}

void FakeIsolate::enter() {
  if (entered_.exchange(true, std::memory_order_acquire)) ++counts_->violations;
}

void FakeIsolate::leave() {
  if (!entered_.exchange(false, std::memory_order_release)) ++counts_->violations;
}

void FakeIsolate::assign(const engine::IsolateOptions& options) {
  check_entered();
  options_ = options;
}

std::unique_ptr<engine::Context> FakeIsolate::create_context(Realm realm) {
  check_entered();
  return std::make_unique<FakeContext>(*this, realm);
}

void FakeIsolate::collect_garbage() {
  check_entered();
  ++counts_->collections;
}

engine::MemoryReading FakeIsolate::memory() const {
  engine::MemoryReading reading;
  reading.heap = reading.peak_heap = Bytes::kibibytes(512);
  reading.committed = engine_.committed();
  return reading;
}

void FakeIsolate::check_entered() {
  if (!entered_) ++counts_->violations;
}

}  // namespace sublet::test
