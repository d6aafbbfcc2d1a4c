// SPDX-License-Identifier: Apache-2.0
#include "host/host_impl.h"

#include <algorithm>
#include <utility>

#include "engine/v8_engine.h"
#include "host/key_value_setup.h"
#include "host/misuse.h"
#include "host/options_check.h"
#include "policy/effective_limits.h"
#include "policy/names.h"
#include "runtime/tenant_isolate.h"
#include "sandbox/sandbox_engine.h"

namespace sublet {
inline namespace v1 {
namespace {

constexpr const char* kNoHelper =
    "the executable sublet-sandbox was not found (HostOptions::sandbox_helper)";

engine::V8EngineOptions engine_options(const HostOptions& options) {
  engine::V8EngineOptions wanted;
  wanted.platform = options.v8_platform;
  wanted.jitless = options.jitless;
  wanted.clock_resolution = options.clock_resolution;
  wanted.count_icu_memory = options.count_icu_memory;
  return wanted;
}

std::shared_ptr<const TenantPolicy> sandboxed_policy(TenantPolicy policy) {
  policy.isolation = Isolation::kSandboxed;
  return std::make_shared<const TenantPolicy>(std::move(policy));
}

// Who answers an event: none, one, or an error that names several.
struct Route {
  std::shared_ptr<const host::Installed> installed;
  std::size_t handler = 0;
};

Error several_listen(const host::TenantView& view, const Event& event) {
  std::string names;
  for (const auto& [name, installed] : view.extensions) {
    if (installed->handlers.contains(event.event)) names += (names.empty() ? "" : ", ") + name;
  }
  return Error{ErrorCode::kInvalidArgument, "several extensions listen to " +
                                                policy::in_quotes(event.event) + " (" + names +
                                                "): name one in Event::extension"};
}

Result<Route> find_route(const host::TenantView* view, const Event& event) {
  Route route;
  if (view == nullptr) return route;
  for (const auto& [name, installed] : view->extensions) {
    if (!event.extension.empty() && name != event.extension) continue;
    const auto handler = installed->handlers.find(event.event);
    if (handler == installed->handlers.end()) continue;
    if (route.installed != nullptr) return several_listen(*view, event);
    route.installed = installed;
    route.handler = handler->second;
  }
  return route;
}

}  // namespace

Result<std::unique_ptr<ExtensionHost::Impl>> ExtensionHost::Impl::create(HostOptions options) {
  Result<HostOptions> complete = host::complete_options(std::move(options));
  if (!complete) return complete.error();
  std::unique_ptr<Impl> impl(new Impl(std::move(complete).value()));
  if (Result<void> started = impl->start(); !started) return started.error();
  return impl;
}

Result<void> ExtensionHost::Impl::start() {
  default_policy_ = std::make_shared<const TenantPolicy>(options_.default_policy);
  functions_ = std::make_shared<hostcall::FunctionRegistry>();
  auto engine = engine::create_v8_engine(engine_options(options_));
  if (!engine) return engine.error();
  engine_ = std::move(engine).value();
  start_sandbox();
  if (!options_.state_directory.empty()) {
    auto store = host::CodeCacheStore::open(options_.state_directory, engine_->cache_tag());
    if (!store) return store.error();
    store_ = std::move(store).value();
  }
  auto key_value_store = host::open_key_value_store(options_);
  if (!key_value_store) return key_value_store.error();
  key_value_store_ = std::move(key_value_store).value();
  auto requests = host::RequestService::create(options_, key_value_store_, observer_);
  if (!requests) return requests.error();
  requests_ = std::move(requests).value();
  auto events = host::EventService::create(options_, registry_, observer_);
  if (!events) return events.error();
  events_ = std::move(events).value();
  host_events_.reset(new HostEvents(std::make_unique<HostEvents::Impl>(
      *events_, [this](std::string_view caller) { return may_wait(caller); })));
  dispatch::DispatcherOptions setup;
  setup.engine = engine_;
  setup.sandbox = sandbox_;
  setup.sandbox_missing = kNoHelper;
  setup.functions = functions_;
  setup.observer = options_.observer;
  setup.workers = options_.workers;
  setup.warm_isolates = options_.warm_isolates;
  setup.warm_contexts = options_.warm_contexts;
  setup.max_abandoned_per_tenant = options_.max_abandoned_per_tenant;
  setup.max_abandoned = options_.max_abandoned;
  setup.memory_budget = options_.memory_budget;
  setup.isolate_options = runtime::isolate_options(options_.default_policy);
  auto dispatcher = dispatch::Dispatcher::create(std::move(setup));
  if (!dispatcher) return dispatcher.error();
  dispatcher_ = std::move(dispatcher).value();
  installer_ =
      std::make_unique<host::Installer>(*engine_, sandbox_.get(), *dispatcher_, store_.get());
  events_->start(*dispatcher_);
  return {};
}

// The helper itself is started when the first tenant needs it.
void ExtensionHost::Impl::start_sandbox() {
  sandbox::ZygoteOptions setup;
  setup.helper = sandbox::find_helper(options_.sandbox_helper);
  setup.spares = options_.warm_sandboxes;
  setup.jitless = options_.jitless;
  setup.cgroup = options_.sandbox_cgroup;
  setup.cgroup_memory = options_.memory_budget.count;
  setup.clock_resolution = options_.clock_resolution;
  if (!setup.helper.empty()) sandbox_ = std::make_shared<sandbox::SandboxEngine>(std::move(setup));
}

void ExtensionHost::Impl::shutdown() {
  if (sandbox_ != nullptr) sandbox_->begin_stop();
  events_->begin_stop();
  dispatcher_->shutdown();
  events_->stop();
  requests_->stop();
  // A thread that never comes back keeps the engine, but no process of it.
  if (sandbox_ != nullptr) sandbox_->stop();
}

ExtensionHost::Impl::~Impl() {
  if (dispatcher_ == nullptr) return;
  if (engine::process_was_forked()) {
    dispatcher_->abandon_after_fork();
    // A store's threads are not here, its locks may be held for ever, and its files are the
    // parent's: it is left as it is.
    new std::shared_ptr<KeyValueStore>(key_value_store_);
    requests_->leave_to_parent();
    events_->leave_to_parent();
  } else {
    shutdown();
    late_calls_->close();
    if (installer_ != nullptr) installer_->save();
    observer_->close();
  }
}

ExtensionHost::Impl::View ExtensionHost::Impl::new_view(std::string_view tenant,
                                                        std::shared_ptr<const TenantPolicy> policy,
                                                        bool own) {
  auto view = std::make_shared<host::TenantView>();
  view->tenant = dispatcher_->add_tenant(std::string(tenant), policy);
  view->configured = policy;
  view->policy = std::move(policy);
  view->own_policy = own;
  return view;
}

std::shared_ptr<const TenantPolicy> ExtensionHost::Impl::policy_of(const View& view) const {
  return view == nullptr ? default_policy_ : view->policy;
}

// All of a tenant's extensions share its isolate, so one that asks for the sandboxed tier takes the
// others along. Makes every record anew, since each carries the policy.
void ExtensionHost::Impl::apply_policy(host::TenantView& view) const {
  const auto asks = [](const auto& entry) { return entry.second->asks_for_sandbox; };
  view.policy = view.configured;
  if (view.policy->isolation != Isolation::kSandboxed &&
      std::any_of(view.extensions.begin(), view.extensions.end(), asks)) {
    view.policy = sandboxed_policy(*view.configured);
  }
  for (auto& [name, installed] : view.extensions) installed = activate(view, *installed);
}

// The record that invocations carry, made anew for the tenant's present policy.
std::shared_ptr<const host::Installed> ExtensionHost::Impl::activate(
    const host::TenantView& view, const host::Installed& installed) const {
  auto active = std::make_shared<runtime::ActiveExtension>();
  active->tenant = view.tenant;
  active->tenant_name = installed.info.tenant;
  active->name = installed.info.name;
  active->version = installed.info.version;
  active->program = installed.active->program;
  active->limits = policy::effective_limits(view.policy->limits, installed.asked);
  active->policy = view.policy;
  active->key_value =
      host::key_value_access(key_value_store_, observer_, view, installed, active->limits);
  active->requests = requests_->requests_of(view, installed, active->limits);
  auto fresh = std::make_shared<host::Installed>(installed);
  active->events = events_->access_of(view, installed);
  fresh->active_for_events = for_events(view, installed, *active);
  fresh->active = std::move(active);
  return fresh;
}

// One isolate answers calls and durable events, so its memory is what calls have. A manifest that
// asks for less time does so for who waits.
std::shared_ptr<const runtime::ActiveExtension> ExtensionHost::Impl::for_events(
    const host::TenantView& view, const host::Installed& installed,
    const runtime::ActiveExtension& for_calls) const {
  if (for_calls.events == nullptr) return nullptr;
  Limits wanted = view.policy->events.limits;
  wanted.heap = view.policy->limits.heap;
  wanted.external_memory = view.policy->limits.external_memory;
  wanted.stack = view.policy->limits.stack;
  policy::ManifestLimits asked = installed.asked;
  asked.cpu_time.reset();
  asked.soft_cpu_time.reset();
  asked.wall_time.reset();
  auto active = std::make_shared<runtime::ActiveExtension>(for_calls);
  active->limits = policy::effective_limits(wanted, asked);
  active->key_value =
      host::key_value_access(key_value_store_, observer_, view, installed, active->limits);
  active->requests = requests_->requests_of(view, installed, active->limits);
  return active;
}

host::Installer::Owner ExtensionHost::Impl::owner_of(std::string_view tenant) const {
  const View view = registry_.find(tenant);
  host::Installer::Owner owner{tenant, policy_of(view), false};
  owner.sandboxed = view == nullptr ? owner.policy->isolation == Isolation::kSandboxed
                                    : dispatcher_->status(*view->tenant).sandboxed;
  return owner;
}

bool ExtensionHost::Impl::must_be_remembered(const host::TenantView& view) const {
  const TenantStatus status = dispatcher_->status(*view.tenant);
  // What runs now may still misbehave.
  return status.quarantined || status.abandoned > 0 || dispatcher_->busy(*view.tenant);
}

// What trying a bundle out cost this process is held against the tenant, also where the bundle was
// refused and nothing else is known of the tenant.
void ExtensionHost::Impl::quarantine(std::string_view tenant, const std::string& reason) {
  const View view = registry_.update(tenant, [&](const View& known) {
    return known == nullptr ? new_view(tenant, default_policy_, false) : known;
  });
  dispatcher_->quarantine(*view->tenant, reason);
}

Result<void> ExtensionHost::Impl::set_policy(std::string_view tenant,
                                             std::optional<TenantPolicy> policy) {
  if (engine::process_was_forked()) return host::forked();
  if (Result<void> name = policy::check_tenant_id("tenant", tenant); !name) return name;
  if (policy.has_value()) {
    if (Result<void> valid = validate(*policy); !valid) return valid;
  }
  const bool own = policy.has_value();
  const auto wanted =
      own ? std::make_shared<const TenantPolicy>(*std::move(policy)) : default_policy_;
  View before;
  View after = registry_.update(tenant, [&](const View& view) -> View {
    before = view;
    if (view == nullptr) return own ? new_view(tenant, wanted, own) : nullptr;
    if (!own && view->extensions.empty() && !must_be_remembered(*view)) return nullptr;
    auto changed = std::make_shared<host::TenantView>(*view);
    changed->configured = wanted;
    changed->own_policy = own;
    apply_policy(*changed);
    return changed;
  });
  if (before != nullptr && after != nullptr) dispatcher_->set_policy(*after->tenant, after->policy);
  return {};
}

Result<void> ExtensionHost::Impl::submit(Event event, Completion completion,
                                         InvokeOptions options) {
  if (engine::process_was_forked()) return host::forked();
  if (!completion) {
    return Error{ErrorCode::kInvalidArgument, "the completion is empty"};
  }
  if (Result<void> checked = host::check_call(event, options); !checked) return checked;
  const View view = registry_.find(event.tenant);
  Result<Route> route = find_route(view.get(), event);
  if (!route || route->installed == nullptr) {
    if (Result<void> checked = host::check_names(event); !checked) return checked;
  }
  if (!route) return route.error();
  const Limits& limits =
      route->installed == nullptr ? policy_of(view)->limits : route->installed->active->limits;
  Result<host::PayloadCheck> payload = host::check_payload(event.payload, limits);
  if (!payload) return payload.error();
  if (event.id.empty()) event.id = event_ids_.next();
  if (route->installed == nullptr) {
    return dispatcher_->refuse(std::move(event), std::move(options), std::move(completion),
                               Outcome::kHandlerNotFound, "no extension listens to this event");
  }
  dispatch::Request request;
  request.extension = route->installed->active;
  request.handler = route->handler;
  request.event = std::move(event);
  request.payload_ascii = payload->ascii;
  request.limits_passed = payload->passed;
  request.options = std::move(options);
  request.completion = std::move(completion);
  return dispatcher_->submit(std::move(request));
}

}  // namespace v1
}  // namespace sublet
