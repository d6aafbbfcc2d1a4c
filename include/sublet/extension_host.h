// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/encrypted_key_value_store.h"
#include "sublet/adapters/http_transport.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/adapters/name_resolver.h"
#include "sublet/authorization.h"
#include "sublet/event.h"
#include "sublet/events.h"
#include "sublet/export.h"
#include "sublet/extension.h"
#include "sublet/host_events.h"
#include "sublet/host_function.h"
#include "sublet/invocation.h"
#include "sublet/observer.h"
#include "sublet/request.h"
#include "sublet/result.h"
#include "sublet/tenant.h"

namespace sublet {
inline namespace v1 {

// The request proxy of a host: what all its tenants share. What each may do is its RequestPolicy.
struct HostRequestOptions {
  // Null: libcurl (CurlHttpTransport), started with the first request.
  std::shared_ptr<HttpTransport> transport;
  // Null: the system's DNS servers (DnsNameResolver), likewise.
  std::shared_ptr<NameResolver> resolver;
  // Where several processes keep rates and circuit breakers together, as a store of PostgreSQL that
  // they share; where it does not answer, each counts for itself. Null: each counts for itself.
  std::shared_ptr<KeyValueStore> limits_store;

  // Where this machine listens, so that extensions cannot get there even where a policy opens the
  // address: "203.0.113.7:8080"; "0.0.0.0:8080" and "[::]:8080" mean every address it has. Up to
  // 100.
  std::vector<std::string> own_listeners;

  // Of each origin, over all tenants; RequestPolicy::breaker is one tenant's.
  BreakerOptions origin_breaker;
  // Under way at once, for all tenants together, and to one origin. 1 to 100,000. The nearer these
  // are, the less of them one tenant may have.
  std::uint32_t max_under_way = 1024;
  std::uint32_t max_under_way_per_origin = 256;
  // Retries for each hundred requests of a tenant to an origin, whatever templates say; three in
  // ten seconds are always allowed. 0 to 50.
  std::uint32_t retry_percent = 20;

  // Memory of the response cache: of all tenants, of one, and of one response. 0: no cache. Up to
  // 64 GiB; each at most the one before.
  Bytes cache = Bytes::mebibytes(64);
  Bytes cache_per_tenant = Bytes::mebibytes(8);
  Bytes cache_per_response = Bytes::mebibytes(1);
};

// How an ExtensionHost is set up. Everything has a default.
struct HostOptions {
  // -- behaviour -----------------------------------------------------------------------------
  // Where the code cache and, unless key_value_store is set, tenants' data is kept. Empty: nothing
  // is written to disk.
  std::filesystem::path state_directory;
  // The policy of a tenant that has none of its own.
  TenantPolicy default_policy;
  // Borrowed; must outlive the host. Null: nobody is told.
  Observer* observer = nullptr;

  // Behind `kv` in JavaScript. Null: SQLite in the state directory ("key_value.db"); without one,
  // kv calls reject.
  std::shared_ptr<KeyValueStore> key_value_store;

  // What `request` and `fetch` in JavaScript lead to.
  HostRequestOptions requests;

  // Durable events: publish() and all that follows.
  HostEventOptions events;
  // The host's keys for parameters and OAuth tokens, which are encrypted with them in
  // key_value_store (see EncryptedKeyValueStore). It is also asked for "sublet/host", which is no
  // tenant: under it are the grants that a user has begun. Empty, or without a store: parameters
  // and tokens are in the memory of this process only, and gone with it. Stays empty where
  // key_value_store is an EncryptedKeyValueStore, which then keeps them like all else.
  EncryptionKeySource secret_keys;

  // -- resources -----------------------------------------------------------------------------
  // Threads that run tenant code. 0: one per CPU of this process's affinity mask. Up to 256.
  std::uint32_t workers = 0;
  // Memory of all isolates together (heap, external memory, what V8 commits beside them). Idle
  // isolates are evicted, least recently used first, to stay below it. 0: 60 % of the memory
  // that the cgroup or machine gives this process.
  Bytes memory_budget;
  // Isolates kept ready for tenants not seen yet, and warm contexts kept ready per extension in
  // use. 0 to 64 each.
  std::uint32_t warm_isolates = 2;
  std::uint32_t warm_contexts = 2;
  // Isolates that may be left behind by threads that never came back; reaching it refuses further
  // in-process invocations of the tenant (per tenant) or of everybody (per process): kQuarantined.
  std::uint32_t max_abandoned_per_tenant = 2;
  std::uint32_t max_abandoned = 64;

  // -- the sandboxed tier --------------------------------------------------------------------
  // The helper executable, `sublet-sandbox`. Empty: looked for beside the library and in the
  // libexec directory of its installation; where there is none, that tier is not available.
  std::filesystem::path sandbox_helper;
  // A folder of the cgroup (version 2) file system that this user may write to. What all sandboxed
  // processes take together is limited there, to the memory budget.
  // Where it cannot be used, no sandboxed process starts. Empty: they are limited one by one only.
  std::filesystem::path sandbox_cgroup;
  // Sandboxed processes kept ready for tenants not seen yet, once one was needed. 0 to 64.
  std::uint32_t warm_sandboxes = 2;

  // -- the process ---------------------------------------------------------------------------
  // A v8::Platform* where the host has started V8 itself; it must outlive the ExtensionHost. Null:
  // Sublet starts V8, once for the process. V8 cannot be started again after it was stopped, so
  // Sublet never stops it. Sublet uses v8::Locker, and V8 then wants one around every isolate of
  // the process, the host's own too.
  void* v8_platform = nullptr;
  // Runs V8 without a just-in-time compiler: smaller attack surface, slower code. Holds for the
  // whole process and only for the first host created in it.
  bool jitless = false;
  // Counts what ICU allocates for tenants (formatters, time zones) against their external memory,
  // by ICU's own hooks. False for a host that calls u_setMemoryFunctions() itself.
  bool count_icu_memory = true;
  // What tenant code sees of time goes in steps of this: makes timing attacks slower, not
  // impossible. For the whole process, as jitless. At least 1 ms, whatever is said. Up to 1 s.
  std::chrono::microseconds clock_resolution{0};
};

// A snapshot of what the host holds; counters count from create().
struct HostStats {
  std::uint64_t tenants = 0;
  std::uint64_t extensions = 0;
  std::uint64_t isolates = 0;            // live, assigned or ready
  std::uint64_t isolates_ready = 0;      // not assigned to a tenant yet
  std::uint64_t isolates_abandoned = 0;  // left behind since create()
  std::uint64_t isolates_held = 0;       // of these: their threads have not come back yet
  std::uint64_t isolates_condemned = 0;
  std::uint64_t isolates_evicted = 0;
  std::uint64_t sandboxes_lost = 0;       // sandboxed processes that ended under their tenant
  std::uint64_t tenants_quarantined = 0;  // at present
  Bytes isolate_memory;                   // of all live isolates, last reading
  Bytes abandoned_memory;                 // last reading of the abandoned ones
  std::uint64_t invocations_accepted = 0;
  std::uint64_t invocations_finished = 0;
  std::uint64_t invocations_queued = 0;
  std::uint64_t invocations_awaiting = 0;
  std::uint32_t workers = 0;
};

// Runs tenants' extensions inside this process, or in sandboxed processes of its own.
//
// Ownership: owns every isolate, thread and timer; borrows the observer, which must outlive it.
// Thread safety: thread-safe.
// Blocking: invoke() until the outcome, at most its deadline and 50 ms; install() while it
//   compiles; drain() as told; the destructor as shutdown().
// Errors: a guest's failure is an Outcome; misuse is an Error; throws nothing.
class SUBLET_EXPORT ExtensionHost {
 public:
  // Starts V8 where needed, the workers and the watchdog. kFailedPrecondition in a process that
  // was forked after V8 had started in its parent: create the host in the worker process instead.
  static Result<std::unique_ptr<ExtensionHost>> create(HostOptions options = {});

  ~ExtensionHost();
  ExtensionHost(const ExtensionHost&) = delete;
  ExtensionHost& operator=(const ExtensionHost&) = delete;

  // Checks, compiles and runs the bundle's top-level code once in a scratch context, then makes it
  // the tenant's active version of that name. On an error the version active before stays active.
  // Parameters that the manifest does not take, or that lack, are kInvalidArgument, one message for
  // all of them. Where its version is new to the tenant, in this process or among those that share
  // the event queue, its handler of "onInstall" or "onUpdate" is run; what it throws is
  // kFailedPrecondition.
  Result<ExtensionInfo> install(std::string_view tenant, const Bundle& bundle,
                                InstallOptions options = {});

  // Invocations in flight finish; queued ones end as kHandlerNotFound, and so do durable events, as
  // dead letters. Its parameters, tokens, schedules and addresses are erased; what it has stored
  // with `kv` stays. Its handler of "onUninstall" may throw: kFailedPrecondition with what it said,
  // and nothing is done, unless `force` is set, which does not ask it.
  Result<void> uninstall(std::string_view tenant, std::string_view extension, bool force = false);

  // All extensions of a tenant, or of everybody, by tenant and name.
  std::vector<ExtensionInfo> list(std::string_view tenant = {}) const;

  // The names of a tenant's extensions that listen to an event, sorted.
  std::vector<std::string> listeners(std::string_view tenant, std::string_view event) const;

  // Replaces a tenant's policy; nullopt goes back to HostOptions::default_policy.
  Result<void> set_policy(std::string_view tenant, std::optional<TenantPolicy> policy);

  // kNotFound for a tenant that was never installed or given a policy.
  Result<TenantStatus> status(std::string_view tenant) const;

  // Has a quarantined tenant run in this process again; one that is not quarantined stays where it
  // is. Isolates that it left behind still count (max_abandoned_per_tenant). kNotFound as above.
  Result<void> lift_quarantine(std::string_view tenant);

  // -- parameters and grants: wait for the store, and where said for the provider, at most 30 s
  // each (kUnavailable); not from a completion, an observer or a host function.

  // Lays values over those of an installed extension, as InstallOptions::parameters; holds from the
  // next invocation on, in this process.
  Result<void> set_parameters(std::string_view tenant, std::string_view extension,
                              std::string_view json);
  Result<InstalledParameters> parameters(std::string_view tenant, std::string_view extension) const;

  // Begins OAuth's authorization code flow with PKCE (RFC 6749, RFC 7636): the host sends the
  // user's browser to the URL, and hands what comes to `redirect_uri` to complete_authorization(),
  // in any process that has the same store and keys.
  Result<AuthorizationStart> begin_authorization(const AuthorizationOf& of,
                                                 std::string_view redirect_uri);
  // Exchanges the code at the provider and keeps the tokens; answers whose they are.
  Result<AuthorizationOf> complete_authorization(const AuthorizationCallback& callback);
  Result<AuthorizationStatus> authorization(const AuthorizationOf& of) const;
  // Forgets the tokens, and tells the provider so where it takes that (RFC 7009).
  Result<void> revoke_authorization(const AuthorizationOf& of);

  // Makes a function callable from JavaScript as `host.<name>(...)`, by tenants whose policy lists
  // it. Names are dotted identifiers of at most 128 bytes. kAlreadyExists if the name is taken.
  Result<void> register_function(std::string name, SyncHostFunction function);
  Result<void> register_async_function(std::string name, AsyncHostFunction function);

  // The store behind `kv`: the host's own way to tenants' data (see key_value_data.h). Null where
  // there is none.
  std::shared_ptr<KeyValueStore> key_value_store() const;
  // Where parameters and tokens are kept, to change their keys: rewrap(), rotate(). Null where they
  // are in memory. Pending grants of all tenants are under the tenant "sublet/host".
  std::shared_ptr<EncryptedKeyValueStore> secret_store() const;

  // Runs the handler and waits for the answer. An Error means that nothing was accepted: no JSON,
  // too large or too deep a payload, a bad name, two listeners and none named, after shutdown.
  // Must not be called from a completion, an observer or a host function: kFailedPrecondition.
  Result<InvocationResult> invoke(Event event, InvokeOptions options = {});

  // The same without waiting. After an Error the completion is not called; else exactly once.
  Result<void> invoke_async(Event event, Completion completion, InvokeOptions options = {});

  // -- durable events: docs/EVENTS.md

  // Hands an event over, to every extension that listens, and waits until it is durable (at most
  // 30 s: kUnavailable, and it may have been taken). An Error means that it is malformed; whether
  // it was taken is PublishReceipt::status. Not from a completion, an observer or a host function.
  Result<PublishReceipt> publish(Publication publication);
  // Up to 100,000, each by itself, in one go; a receipt for each.
  Result<std::vector<PublishReceipt>> publish_many(std::vector<Publication> publications);
  // The same without waiting, from anywhere; the callback comes exactly once, unless this is an
  // Error.
  Result<void> publish_async(std::vector<Publication> publications, PublishCallback done);
  // What somebody sent to an address that an extension gave out. Always answers a response that the
  // host's server can send back; waits as publish().
  Result<WebhookResponse> deliver_webhook(WebhookRequest request);
  Result<void> deliver_webhook_async(WebhookRequest request,
                                     std::function<void(WebhookResponse)> done);
  // Dead letters, records, controls, schedules.
  HostEvents& events() noexcept;
  // Null where there is none.
  std::shared_ptr<EventQueue> event_queue() const;

  // Accepts nothing more, and waits for what was accepted. False: some was left at the deadline.
  // Durable events stay in their queue, for other processes or later.
  // accept_again() reopens.
  bool drain(std::chrono::milliseconds deadline);
  void accept_again();

  // Accepts nothing more, ends what is under way as kCanceled, stops the threads. Idempotent.
  void shutdown();

  HostStats stats() const;

 private:
  class Impl;
  explicit ExtensionHost(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet
