// SPDX-License-Identifier: Apache-2.0
#include "host/request_service.h"

#include <openssl/rand.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include "base/own_thread.h"
#include "host/await.h"
#include "host/own_listeners.h"
#include "host/random_seed.h"
#include "policy/egress/egress_rules.h"
#include "policy/field_checker.h"
#include "policy/resilience/breaker_options.h"
#include "proxy/shared/store_shared_limits.h"
#include "proxy/vault/parameter_merge.h"
#include "runtime/tenant.h"
#include "sublet/adapters/curl_http_transport.h"
#include "sublet/adapters/dns_name_resolver.h"
#include "sublet/adapters/encrypted_key_value_store.h"
#include "sublet/adapters/memory_key_value_store.h"

namespace sublet::host {
namespace {

constexpr std::chrono::milliseconds kLastWords = std::chrono::seconds(5);

policy::WallTime calendar() {
  return std::chrono::floor<policy::WallTime::duration>(std::chrono::system_clock::now());
}

bool random_bytes(std::span<std::uint8_t> out) {
  return RAND_bytes(out.data(), static_cast<int>(out.size())) == 1;
}

// Opens one adapter when it is first asked for. What fails is thrown, for the proxy to tell.
template <typename Adapter, typename Interface, typename Options>
std::function<std::shared_ptr<Interface>()> opened_late(std::shared_ptr<Interface> given) {
  return [given = std::move(given)]() -> std::shared_ptr<Interface> {
    if (given != nullptr) return given;
    auto opened = Adapter::open(Options{});
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(opened).value();
  };
}

// The one who tells of faults holds the timers: a store's answers may come when the host is gone.
proxy::ProxyReports reports_to(const std::shared_ptr<ObserverGate>& observer,
                               const std::shared_ptr<runtime::UvTimerThread>& timers) {
  proxy::ProxyReports reports;
  reports.breaker_changed = [observer](const BreakerChange& change) {
    observer->tell([&](Observer& told) { told.breaker_changed(change); });
  };
  reports.fault = [observer, timers](std::string_view where, std::string_view what) {
    observer->tell([&](Observer& told) { told.internal_error(where, what); });
  };
  return reports;
}

// What the options come to for the proxy; kInvalidArgument, naming the field.
Result<proxy::ProxySetup> read_options(const HostRequestOptions& options) {
  const std::string prefix = "HostOptions::requests.";
  proxy::ProxySetup setup;
  setup.origin_breaker = options.origin_breaker;
  setup.shared_caps.requests = options.max_under_way;
  setup.shared_caps.per_origin = options.max_under_way_per_origin;
  setup.retry_budget.percent = options.retry_percent;
  setup.cache_store.total = options.cache;
  setup.cache_store.per_tenant = std::min(options.cache_per_tenant, options.cache);
  setup.cache_store.per_response =
      std::min(options.cache_per_response, setup.cache_store.per_tenant);
  if (auto valid = policy::validate(options.origin_breaker, prefix + "origin_breaker."); !valid) {
    return valid.error();
  }
  const auto ranges =
      policy::FieldChecker(prefix)
          .between<std::uint32_t>("max_under_way", options.max_under_way, 1, 100'000)
          .between<std::uint32_t>("max_under_way_per_origin", options.max_under_way_per_origin, 1,
                                  100'000)
          .between<std::uint32_t>("retry_percent", options.retry_percent, 0, 50)
          .between("cache", options.cache, Bytes{}, Bytes::mebibytes(65'536))
          .result();
  if (!ranges) return ranges.error();
  return setup;
}

// Where secrets are kept: encrypted in the host's store, or in this process.
Result<std::shared_ptr<KeyValueStore>> open_secret_store(const HostOptions& options,
                                                         std::shared_ptr<KeyValueStore> store) {
  if (std::dynamic_pointer_cast<EncryptedKeyValueStore>(store) != nullptr) {
    if (!options.secret_keys) return store;
    return Error{ErrorCode::kInvalidArgument,
                 "HostOptions::secret_keys: key_value_store encrypts already; leave it empty"};
  }
  if (store == nullptr || !options.secret_keys) {
    return std::shared_ptr<KeyValueStore>(std::make_shared<MemoryKeyValueStore>());
  }
  EncryptedKeyValueOptions settings;
  settings.spaces = "sublet/";  // the host's store has others, in the clear
  auto encrypted =
      EncryptedKeyValueStore::create(std::move(store), options.secret_keys, std::move(settings));
  if (!encrypted) return encrypted.error();
  return std::shared_ptr<KeyValueStore>(std::move(encrypted).value());
}

std::string faults_of(const policy::CheckedParameters& checked) {
  std::string message;
  for (const policy::ParameterFault& fault : checked.faults) {
    message += (message.empty() ? "" : "; ") + fault.message;
  }
  return message;
}

}  // namespace

Result<std::unique_ptr<RequestService>> RequestService::create(
    const HostOptions& options, std::shared_ptr<KeyValueStore> store,
    std::shared_ptr<ObserverGate> observer) {
  Result<proxy::ProxySetup> setup = read_options(options.requests);
  if (!setup) return setup.error();
  auto listeners = read_own_listeners(options.requests.own_listeners);
  if (!listeners) return listeners.error();
  auto secrets = open_secret_store(options, std::move(store));
  if (!secrets) return secrets.error();

  std::unique_ptr<RequestService> service(new RequestService());
  service->timers_ = std::make_shared<runtime::UvTimerThread>();
  service->observer_ = observer;
  service->own_listeners_ = std::move(listeners).value();
  service->secrets_ = std::move(secrets).value();
  setup->transport = opened_late<CurlHttpTransport, HttpTransport, CurlHttpTransportOptions>(
      options.requests.transport);
  setup->resolver =
      opened_late<DnsNameResolver, NameResolver, DnsNameResolverOptions>(options.requests.resolver);
  setup->timers = service->timers_.get();
  setup->clock = &base::system_clock();
  setup->calendar = calendar;
  setup->random_seed = random_seed();
  setup->reports = reports_to(observer, service->timers_);
  setup->shared = service->shared_limits(options.requests.limits_store, setup->reports.fault);
  const auto fault = setup->reports.fault;
  service->proxy_ = proxy::RequestProxy::create(std::move(setup).value());
  service->vault_ = std::make_shared<proxy::ParameterVault>(service->secrets_);
  service->oauth_ = proxy::OAuth::create(service->oauth_setup(fault));
  return service;
}

std::shared_ptr<proxy::SharedLimits> RequestService::shared_limits(
    const std::shared_ptr<KeyValueStore>& store, const Fault& fault) const {
  if (store == nullptr) return nullptr;
  proxy::StoreSharedLimitsSetup setup;
  setup.store = store;
  setup.timers = timers_.get();
  setup.clock = &base::system_clock();
  setup.process = base::to_hex(base::sha256(std::to_string(random_seed())));
  setup.fault = fault;
  return std::make_shared<proxy::StoreSharedLimits>(std::move(setup));
}

proxy::OAuthSetup RequestService::oauth_setup(const Fault& fault) const {
  proxy::OAuthSetup setup;
  setup.store = secrets_;
  setup.send = [proxy = proxy_, observer = observer_](
                   std::shared_ptr<const proxy::RequestAccess> access, proxy::RequestCall call,
                   proxy::AnswerCallback done) {
    auto told = [observer, access, done = std::move(done)](proxy::RequestAnswer answer) {
      observer->tell([&](Observer& to) {
        to.token_requested(access->tenant, access->extension, answer.record);
      });
      done(std::move(answer));
    };
    return proxy->start(access, std::move(call), std::move(told));
  };
  setup.timers = timers_.get();
  setup.clock = &base::system_clock();
  setup.calendar = calendar;
  setup.random = random_bytes;
  setup.fault = fault;
  return setup;
}

RequestService::~RequestService() { stop(); }

std::shared_ptr<proxy::RequestAccess> RequestService::access_of(const TenantView& view,
                                                                const Installed& installed,
                                                                const Limits& limits) const {
  auto access = std::make_shared<proxy::RequestAccess>();
  access->tenant = view.tenant->name;
  access->extension = installed.info.name;
  access->policy = view.policy->requests;
  access->limits = limits;
  // It was checked with the policy, so that there is nothing left to refuse.
  Result<policy::EgressRules> rules = policy::read_egress_rules(access->policy);
  if (!rules) return access;
  policy::EgressPolicy& egress = access->egress;
  egress.allowed = rules->covered(installed.declared->egress);
  egress.plain_http = access->policy.plain_http;
  egress.opened_ranges = std::move(rules->opened_ranges);
  egress.opened_endpoints = std::move(rules->opened_endpoints);
  egress.opened_names = std::move(rules->opened_names);
  egress.own_listeners = own_listeners_;
  egress.max_redirects = access->policy.max_redirects;
  access->hosts = std::move(rules->hosts);
  access->any_host = rules->any_host;
  return access;
}

std::shared_ptr<const hostcall::ExtensionRequests> RequestService::requests_of(
    const TenantView& view, const Installed& installed, const Limits& limits) const {
  if (installed.declared == nullptr) return nullptr;
  auto access = access_of(view, installed, limits);
  if (!installed.declared->providers.empty()) {
    // OAuth's own requests go out as the extension's do, but without a token.
    auto client = oauth_client(installed, access);
    access = std::make_shared<proxy::RequestAccess>(*access);
    access->tokens = oauth_->tokens_for(std::move(client));
  }
  auto requests = std::make_shared<hostcall::ExtensionRequests>();
  requests->proxy = proxy_;
  requests->access = access;
  requests->templates = installed.declared->templates;
  requests->parameters = installed.parameters;
  return requests;
}

Result<GivenParameters> RequestService::read_parameters(
    std::string_view tenant, std::string_view extension, const DeclaredRequests& declared,
    const std::optional<std::string>& given) const {
  auto stored = await<proxy::ParameterVault::Stored>([&](auto done) {
    vault_->load(std::string(tenant), std::string(extension), std::move(done));
  });
  if (!stored) return stored.error();
  auto merged = proxy::merge_parameters(declared.parameters, stored->json, given.value_or("{}"));
  if (!merged) return merged.error();
  if (!merged->checked.ok()) {
    return Error{ErrorCode::kInvalidArgument, "parameters: " + faults_of(merged->checked)};
  }
  auto values = std::make_shared<hostcall::InstalledValues>();
  values->shown = proxy::shown_parameters(merged->checked.values);
  values->values = std::move(merged->checked.values);
  GivenParameters made{std::move(values), std::nullopt, stored->version};
  // What a new version no longer takes is not kept either.
  if (given.has_value() || (stored->json && *stored->json != merged->json))
    made.to_store = std::move(merged->json);
  return made;
}

Result<bool> RequestService::store_parameters(std::string_view tenant, std::string_view extension,
                                              const GivenParameters& given) const {
  if (!given.to_store) return true;
  return await<bool>([&](auto done) {
    vault_->save(std::string(tenant), std::string(extension), *given.to_store, given.version,
                 std::move(done));
  });
}

Result<void> RequestService::forget(std::string_view tenant, std::string_view extension) const {
  const auto erase = [&](auto done) {
    vault_->erase(std::string(tenant), std::string(extension), std::move(done));
  };
  const auto forget = [&](auto done) {
    oauth_->forget(std::string(tenant), std::string(extension), std::move(done));
  };
  if (base::on_own_thread()) {  // which may not wait
    erase([](Result<void>) {});
    forget([](Result<void>) {});
    return {};
  }
  const Result<void> erased = await<void>(erase);
  const Result<void> forgotten = await<void>(forget);
  return erased ? forgotten : erased;
}

proxy::OAuthClient RequestService::oauth_client(const TenantView& view,
                                                const Installed& installed) const {
  const bool declares = installed.declared != nullptr;
  return oauth_client(installed,
                      declares ? access_of(view, installed, installed.active->limits) : nullptr);
}

proxy::OAuthClient RequestService::oauth_client(
    const Installed& installed, std::shared_ptr<const proxy::RequestAccess> access) const {
  proxy::OAuthClient client;
  client.tenant = installed.info.tenant;
  client.extension = installed.info.name;
  if (installed.declared == nullptr) return client;
  client.providers = installed.declared->providers;
  // Shares the owner of the values.
  client.parameters = std::shared_ptr<const policy::ParameterValues>(installed.parameters,
                                                                     &installed.parameters->values);
  client.access = std::move(access);
  return client;
}

Result<AuthorizationStart> RequestService::begin(const proxy::OAuthClient& client,
                                                 const AuthorizationOf& of,
                                                 std::string_view redirect_uri) const {
  return await<AuthorizationStart>(
      [&](auto done) { oauth_->begin(client, of, std::string(redirect_uri), std::move(done)); });
}

Result<AuthorizationOf> RequestService::complete(const AuthorizationCallback& callback,
                                                 const proxy::FindOAuthClient& find_client) const {
  return await<AuthorizationOf>(
      [&](auto done) { oauth_->complete(callback, find_client, std::move(done)); });
}

Result<AuthorizationStatus> RequestService::authorization(const proxy::OAuthClient& client,
                                                          const AuthorizationOf& of) const {
  return await<AuthorizationStatus>(
      [&](auto done) { oauth_->status(client, of, std::move(done)); });
}

Result<void> RequestService::revoke(const proxy::OAuthClient& client,
                                    const AuthorizationOf& of) const {
  return await<void>([&](auto done) { oauth_->revoke(client, of, std::move(done)); });
}

std::shared_ptr<EncryptedKeyValueStore> RequestService::secret_store() const {
  return std::dynamic_pointer_cast<EncryptedKeyValueStore>(secrets_);
}

void RequestService::stop() {
  if (oauth_ != nullptr) {
    // A refresh token that a provider has just changed must not be lost.
    if (!base::on_own_thread()) oauth_->finish(kLastWords);
    oauth_->stop();
  }
  if (proxy_ != nullptr) proxy_->stop();
  if (timers_ != nullptr) timers_->stop();
}

// All of it is left as it is: locks may be held for ever, and sockets are the parent's.
void RequestService::leave_to_parent() noexcept {
  new auto(std::move(timers_));
  new auto(std::move(secrets_));
  new auto(std::move(proxy_));
  new auto(std::move(oauth_));
  new auto(std::move(vault_));
}

}  // namespace sublet::host
