// SPDX-License-Identifier: Apache-2.0
#include "bench/engine_side.h"

#include <utility>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/measure.h"
#include "engine/v8_engine.h"
#include "host/program_builder.h"
#include "sandbox/sandbox_engine.h"

namespace sublet::bench {
namespace {

// The handler of the benchmark asks for nothing.
class NoCalls final : public engine::HostCallPort {
 public:
  engine::HostCallStart start_call(std::string_view, std::string, std::string) noexcept override {
    return {};
  }
  engine::HostCallStart start_timer(std::chrono::milliseconds) noexcept override { return {}; }
  void cancel_timer(engine::CallId) noexcept override {}
  void log(LogLevel, std::string_view) noexcept override {}
  engine::RemainingLimits remaining() noexcept override { return {}; }
};

NoCalls no_calls;

std::unique_ptr<engine::Engine> engine_of(EngineCalls::Tier tier) {
  if (tier == EngineCalls::Tier::kInProcess) return checked(engine::create_v8_engine({}));
  sandbox::ZygoteOptions options;
  options.helper = SUBLET_BENCH_HELPER;
  options.spares = 0;
  return std::make_unique<sandbox::SandboxEngine>(std::move(options));
}

}  // namespace

EngineCalls::EngineCalls(const Bundle& bundle, Tier tier) : engine_(engine_of(tier)) {
  std::shared_ptr<engine::Program> program = checked(host::build_program(bundle)).program;
  checked(engine_->prepare(*program));
  program_ = std::move(program);
  engine::IsolateOptions options;
  options.sandboxed = tier == Tier::kSandboxed;
  isolate_ = checked(engine_->create_isolate(options, [](std::string_view) {}));
  const engine::EnteredIsolate entered(*isolate_);
  context_ = isolate_->create_context(Realm::kStandard);
  if (context_ == nullptr || !context_->load(program_, no_calls).ok) {
    throw Failure("the handler cannot be loaded");
  }
}

EngineCalls::~EngineCalls() {
  const engine::EnteredIsolate entered(*isolate_);
  context_.reset();
}

std::uint64_t EngineCalls::call_ns(const std::string& json) {
  engine::CallInput input;
  input.payload = json;
  input.event = kEventName;
  input.event_id = "1";
  input.tenant = "t";
  input.extension = "bench";
  const std::uint64_t start = wall_ns();
  engine::TurnReport report;
  {
    const engine::EnteredIsolate entered(*isolate_);
    report = context_->start(++last_, input, no_calls);
  }
  const std::uint64_t took = wall_ns() - start;
  if (report.outcome != Outcome::kOk) throw Failure("a turn ended badly");
  return took;
}

}  // namespace sublet::bench
