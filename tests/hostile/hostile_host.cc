// SPDX-License-Identifier: Apache-2.0
#include "hostile/hostile_host.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <utility>

namespace sublet::hostile {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* kProbeTenant = "probe";

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

TenantPolicy policy(Isolation isolation, int limit_ms) {
  TenantPolicy policy;
  policy.limits.cpu_time = std::chrono::milliseconds(limit_ms);
  policy.limits.wall_time = std::chrono::milliseconds(limit_ms);
  policy.limits.startup_cpu_time = std::chrono::milliseconds(limit_ms);
  policy.limits.heap = Bytes::mebibytes(32);
  policy.limits.external_memory = Bytes::mebibytes(32);
  policy.host_functions = {"*"};
  policy.isolation = isolation;
  return policy;
}

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

void require(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

std::string shortened(std::string text) {
  constexpr std::size_t kLongest = 300;
  if (text.size() > kLongest) text.resize(kLongest);
  return text;
}

}  // namespace

void Witness::isolate_ended(std::string_view tenant, IsolateEnd end, Bytes) {
  if (end != IsolateEnd::kAbandoned) return;
  {
    std::lock_guard lock(mutex_);
    ++abandoned_[std::string(tenant)];
  }
  note("abandoned an isolate of " + std::string(tenant));
}

void Witness::tenant_quarantined(std::string_view, std::string_view reason) {
  note("quarantined: " + std::string(reason));
}

void Witness::internal_error(std::string_view where, std::string_view what) {
  note("internal error: " + std::string(where) + ": " + std::string(what));
}

std::uint64_t Witness::abandoned(const std::string& tenant) {
  std::lock_guard lock(mutex_);
  const auto found = abandoned_.find(tenant);
  return found == abandoned_.end() ? 0 : found->second;
}

std::string Witness::take_notes() {
  std::lock_guard lock(mutex_);
  return std::exchange(notes_, {});
}

void Witness::note(std::string text) {
  std::lock_guard lock(mutex_);
  if (notes_.size() < 4096) notes_ += (notes_.empty() ? "" : "; ") + std::move(text);
}

// What one program did.
struct HostileHost::Run {
  std::string tenant;
  int limit_ms = 0;
  std::string event = "run";
  // Of an install that was refused: that of the program's fault, or why there is no place for it.
  std::string refusal = "compile_error";
  std::vector<std::string> outcomes;
  double longest_ms = 0;
  double regain_ms = 0;
  double peak_heap_mb = 0;
  double peak_external_mb = 0;
  std::string detail;
};

HostileHost::HostileHost(const HostSettings& settings) : settings_(settings) {
  HostOptions options;
  options.workers = static_cast<std::uint32_t>(settings.workers);
  options.observer = &witness_;
  host_ = value_of(ExtensionHost::create(options));
  register_functions();
  install_probe();
  install_good_tenant();
}

// It runs where the programs run, or in this process where there is no other place.
void HostileHost::install_good_tenant() {
  try {
    good_ = std::make_unique<GoodTenant>(*host_, "good", settings_.tier);
  } catch (const std::runtime_error&) {
    if (settings_.tier == Isolation::kInProcess) throw;
    good_ = std::make_unique<GoodTenant>(*host_, "good", Isolation::kInProcess);
  }
}

HostileHost::~HostileHost() {
  good_.reset();
  host_->shutdown();
}

// What programs may abuse. The good tenant has "double" for itself.
void HostileHost::register_functions() {
  const auto echo = [](const HostCall& call) -> Result<std::string> { return call.arguments; };
  const auto nothing = [](const HostCall&) -> Result<std::string> { return std::string("null"); };
  const auto fail = [](const HostCall&) -> Result<std::string> {
    return Error{ErrorCode::kInvalidArgument, "the host function says no"};
  };
  const auto large = [](const HostCall&) -> Result<std::string> {
    return "\"" + std::string(200'000, 'x') + "\"";
  };
  const auto twice = [](const HostCall& call) -> Result<std::string> {
    return std::to_string(2 * Json::parse(call.arguments).at(0).get<std::uint64_t>());
  };
  require(host_->register_function("print", nothing));
  require(host_->register_function("echo", echo));
  require(host_->register_function("fail", fail));
  require(host_->register_function("large", large));
  require(host_->register_function("double", twice));
  require(host_->register_async_function(
      "later", [](const HostCall&, const HostCallAnswer& answer) { answer.resolve("1"); }));
  require(host_->register_async_function("never", [](const HostCall&, HostCallAnswer answer) {
    // Dropping an answer would be one; the oldest ended with its invocation long ago.
    static std::mutex mutex;
    static std::deque<HostCallAnswer> kept;
    std::lock_guard lock(mutex);
    kept.push_back(std::move(answer));
    if (kept.size() > 4096) kept.pop_front();
  }));
}

void HostileHost::install_probe() {
  const Bundle bundle = value_of(Bundle::from_memory(
      {{"extension.json", R"({"name": "probe", "version": "1.0.0", "handlers": {"probe": true}})"},
       {"extension.js", "export const probe = () => 1;"}}));
  TenantPolicy patient = policy(Isolation::kInProcess, 10'000);
  require(host_->set_policy(kProbeTenant, patient));
  value_of(host_->install(kProbeTenant, bundle));
  if (!probe()) throw std::runtime_error("the probe does not answer");
}

bool HostileHost::probe() {
  const auto result = host_->invoke({.tenant = kProbeTenant, .event = "probe"});
  return result && result->ok();
}

nlohmann::json HostileHost::measure_quiet() {
  // The first calls find cold caches.
  good_->wait_for_calls(200, 20s);
  good_->begin();
  good_->wait_for_calls(static_cast<std::uint64_t>(settings_.quiet_calls), 30s);
  quiet_ = good_->seen();
  if (quiet_.calls == 0 || quiet_.wrong > 0) {
    throw std::runtime_error("the good tenant is not good: " + quiet_.first_wrong);
  }
  return {{"p50_ms", quiet_.p50_ms}, {"p99_ms", quiet_.p99_ms}, {"calls", quiet_.calls}};
}

// Three times quiet. A machine that does other work at the same time holds any thread up for a few
// turns of its scheduler now and then, without any attack: below that nothing can be told.
bool HostileHost::is_disturbed(const GoodFigures& figures) const {
  constexpr double kSchedulerNoiseMs = 25;
  return figures.wrong > 0 || figures.calls < static_cast<std::uint64_t>(settings_.calls_beside) ||
         figures.p99_ms > std::max(3 * std::max(quiet_.p99_ms, quiet_now_ms_), kSchedulerNoiseMs);
}

bool HostileHost::install(Run& run, const Program& program) {
  const auto attempt = [&](const Result<Bundle>& bundle) -> std::string {
    if (!bundle) return bundle.error().message;
    const auto installed = host_->install(run.tenant, *bundle);
    if (installed && !installed->events.empty()) run.event = installed->events.front();
    if (installed) return "";
    if (installed.error().code != ErrorCode::kInvalidArgument) {
      run.refusal = to_string(installed.error().code);
    }
    return installed.error().message;
  };
  if (program.is_bundle) {
    run.detail = attempt(Bundle::from_directory(program.path));
    return run.detail.empty();
  }
  run.detail = attempt(Bundle::from_memory(in_an_invocation(program.text)));
  if (run.detail.empty()) return true;
  const std::string as_module = attempt(Bundle::from_memory(as_a_module(program.text)));
  if (as_module.empty()) run.detail.clear();
  return as_module.empty();
}

void HostileHost::invoke(Run& run) {
  const Clock::time_point start = Clock::now();
  const auto result = host_->invoke({.tenant = run.tenant, .event = run.event});
  const double took = milliseconds_since(start);
  run.longest_ms = std::max(run.longest_ms, took);
  if (!result) {
    run.outcomes.emplace_back("refused");
    run.detail = result.error().message;
    return;
  }
  const bool first = run.outcomes.empty();
  run.outcomes.emplace_back(to_string(result->outcome));
  if (result->error && (first || run.detail.empty())) {
    run.detail = result->error->name + ": " + result->error->message;
  }
  if (first && result->ok()) run.detail = result->json;
  const auto megabytes = [](Bytes bytes) { return static_cast<double>(bytes.count) / (1 << 20); };
  run.peak_heap_mb = std::max(run.peak_heap_mb, megabytes(result->usage.peak_heap));
  run.peak_external_mb = std::max(run.peak_external_mb, megabytes(result->usage.peak_external));
  // Control is regained when the caller has its outcome and a worker answers somebody else.
  const double allowed = run.limit_ms + milliseconds(result->usage.queue_time);
  if (took <= allowed) return;
  probe();
  run.regain_ms = std::max(run.regain_ms, milliseconds_since(start) - allowed);
}

nlohmann::json HostileHost::attack(const Program& program, int limit_ms) {
  Run run;
  run.tenant = "hostile-" + std::to_string(++tenants_);
  run.limit_ms = limit_ms;
  const Clock::time_point start = Clock::now();
  require(host_->set_policy(run.tenant, policy(settings_.tier, limit_ms)));
  const bool installed = install(run, program);
  const double install_ms = milliseconds_since(start);
  if (!installed) run.outcomes.push_back(run.refusal);
  for (int i = 0; installed && i < settings_.invocations; ++i) invoke(run);
  const auto status = host_->status(run.tenant);
  Json report = {
      {"program", program.name},
      {"expected", to_string(program.expectation)},
      {"outcome", run.outcomes.front()},
      {"as_expected", meets(program.expectation, run.outcomes.front())},
      {"outcomes", run.outcomes},
      {"tenant", run.tenant},
      {"quarantined", status && status->quarantined},
      {"regain_ms", run.regain_ms},
      {"longest_ms", run.longest_ms},
      {"install_ms", install_ms},
      {"peak_heap_mb", run.peak_heap_mb},
      {"peak_external_mb", run.peak_external_mb},
      {"detail", shortened(run.detail)},
  };
  return report;
}

// Asks, for at most so long, how many isolates the tenant's code never gave back, and takes the
// tenant away. A thread that was given up when it did not answer in time, and comes back late,
// disposes its isolate and ends: nothing of it stays.
void HostileHost::part(nlohmann::json& report, std::chrono::milliseconds patience) {
  const std::string tenant = report["tenant"];
  const Clock::time_point until = Clock::now() + patience;
  std::uint32_t abandoned = 0;
  for (;;) {
    const auto status = host_->status(tenant);
    abandoned = status ? status->abandoned : 0;
    if (abandoned == 0 || Clock::now() >= until) break;
    std::this_thread::sleep_for(20ms);
  }
  report["abandoned"] = abandoned;
  report["given_up"] = witness_.abandoned(tenant);
  for (const ExtensionInfo& extension : host_->list(tenant)) {
    require(host_->uninstall(tenant, extension.name));
  }
  require(host_->set_policy(tenant, std::nullopt));
  report.erase("tenant");
}

nlohmann::json HostileHost::run(const Program& program) {
  quiet_now_ms_ = 0;
  Json report = run_once(program);
  int attempts = 1;
  // A late call that another process of the machine is guilty of does not come again; one that the
  // program is guilty of does. A wrong answer, or none, is never passed over.
  while (attempts <= settings_.again && report["good_tenant_ok"] == false &&
         report["good_wrong"] == 0 && report["workers_answer"] == true) {
    follow_the_machine();
    const auto abandoned = report["abandoned"].get<std::uint64_t>();
    report = run_once(program);
    report["abandoned"] = std::max(abandoned, report["abandoned"].get<std::uint64_t>());
    ++attempts;
  }
  report["attempts"] = attempts;
  return report;
}

// What is quiet depends on what else the machine does, which changes while many programs run. Not
// asked again once a thread was left behind: it could be what makes the noise.
void HostileHost::follow_the_machine() {
  if (host_->stats().isolates_held > 0) return;
  good_->begin();
  good_->wait_for_calls(static_cast<std::uint64_t>(settings_.calls_beside), 10s);
  quiet_now_ms_ = good_->seen().p99_ms;
}

nlohmann::json HostileHost::run_once(const Program& program) {
  witness_.take_notes();
  good_->begin();
  Json report = attack(program, settings_.limit_ms);
  good_->wait_for_calls(static_cast<std::uint64_t>(settings_.calls_beside), 10s);
  const GoodFigures good = good_->seen();
  part(report, 10s);
  report["workers_answer"] = probe();
  report["good_tenant_ok"] = !is_disturbed(good) && report["workers_answer"].get<bool>();
  report["good_p99_quiet_ms"] = std::max(quiet_.p99_ms, quiet_now_ms_);
  report["good_p99_ms"] = good.p99_ms;
  report["good_max_ms"] = good.max_ms;
  report["good_calls"] = good.calls;
  report["good_wrong"] = good.wrong;
  std::string notes = witness_.take_notes();
  if (good.wrong > 0) notes += (notes.empty() ? "" : "; ") + good.first_wrong;
  report["notes"] = shortened(std::move(notes));
  return report;
}

nlohmann::json HostileHost::figures() const {
  const HostStats stats = host_->stats();
  return {{"isolates_abandoned", stats.isolates_abandoned},
          {"isolates_held", stats.isolates_held},
          {"isolates_condemned", stats.isolates_condemned},
          {"sandboxes_lost", stats.sandboxes_lost},
          {"abandoned_memory_mb", static_cast<double>(stats.abandoned_memory.count) / (1 << 20)},
          {"workers", stats.workers}};
}

}  // namespace sublet::hostile
