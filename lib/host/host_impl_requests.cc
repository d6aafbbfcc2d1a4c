// SPDX-License-Identifier: Apache-2.0
// The part of a host that knows parameters and grants.
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/own_thread.h"
#include "engine/v8_engine.h"
#include "host/host_impl.h"
#include "host/misuse.h"
#include "proxy/vault/parameter_merge.h"

namespace sublet {
inline namespace v1 {

Result<void> ExtensionHost::Impl::may_wait(std::string_view caller) const {
  if (engine::process_was_forked()) return host::forked();
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition,
                 std::string(caller) +
                     " must not be called from a completion, an observer or a host function"};
  }
  if (dispatcher_->stopped()) {
    return Error{ErrorCode::kFailedPrecondition, "the host was shut down"};
  }
  return {};
}

Result<ExtensionHost::Impl::Found> ExtensionHost::Impl::find_installed(
    std::string_view tenant, std::string_view extension) const {
  Found found{registry_.find(tenant), nullptr};
  if (found.view == nullptr) return host::not_installed(tenant, extension);
  const auto place = found.view->extensions.find(extension);
  if (place == found.view->extensions.end()) return host::not_installed(tenant, extension);
  found.installed = place->second;
  return found;
}

Result<void> ExtensionHost::Impl::set_parameters(std::string_view tenant,
                                                 std::string_view extension,
                                                 std::string_view json) {
  if (Result<void> may = may_wait("set_parameters()"); !may) return may;
  const base::MutexLock lock(changing(tenant, extension));
  const Result<Found> found = find_installed(tenant, extension);
  if (!found) return found.error();
  const auto declared = found->installed->declared;
  auto given = give_parameters(tenant, extension, declared.get(), std::string(json));
  if (!given) return given.error();
  registry_.update(tenant, [&](const View& view) -> View {
    if (view == nullptr) return view;
    const auto place = view->extensions.find(extension);
    if (place == view->extensions.end()) return view;  // it was uninstalled by a callback
    auto changed = std::make_shared<host::TenantView>(*view);
    host::Installed draft = *place->second;
    draft.parameters = *given;
    changed->extensions[draft.info.name] = activate(*changed, draft);
    return changed;
  });
  return {};
}

base::Mutex& ExtensionHost::Impl::changing(std::string_view tenant, std::string_view extension) {
  const std::size_t place =
      std::hash<std::string_view>()(tenant) * 31 + std::hash<std::string_view>()(extension);
  return changing_[place % changing_.size()];
}

Result<InstalledParameters> ExtensionHost::Impl::parameters(std::string_view tenant,
                                                            std::string_view extension) const {
  const Result<Found> found = find_installed(tenant, extension);
  if (!found) return found.error();
  const auto& values = found->installed->parameters;
  if (values == nullptr) return InstalledParameters{"{}", {}};
  return InstalledParameters{values->shown, proxy::secret_names(values->values)};
}

Result<proxy::OAuthClient> ExtensionHost::Impl::oauth_client(const AuthorizationOf& of) const {
  const Result<Found> found = find_installed(of.tenant, of.extension);
  if (!found) return found.error();
  return requests_->oauth_client(*found->view, *found->installed);
}

Result<AuthorizationStart> ExtensionHost::Impl::begin_authorization(const AuthorizationOf& of,
                                                                    std::string_view redirect_uri) {
  if (Result<void> may = may_wait("begin_authorization()"); !may) return may.error();
  const Result<proxy::OAuthClient> client = oauth_client(of);
  if (!client) return client.error();
  return requests_->begin(*client, of, redirect_uri);
}

Result<AuthorizationOf> ExtensionHost::Impl::complete_authorization(
    const AuthorizationCallback& callback) {
  if (Result<void> may = may_wait("complete_authorization()"); !may) return may.error();
  // A store may ask so late that this host is gone.
  const auto find = [this, gate = late_calls_](const std::string& tenant,
                                               const std::string& extension) {
    std::optional<proxy::OAuthClient> client;
    if (!gate->enter()) return client;
    if (auto found = oauth_client({tenant, extension, {}, {}})) client = std::move(*found);
    gate->leave();
    return client;
  };
  return requests_->complete(callback, find);
}

Result<AuthorizationStatus> ExtensionHost::Impl::authorization(const AuthorizationOf& of) const {
  if (Result<void> may = may_wait("authorization()"); !may) return may.error();
  const Result<proxy::OAuthClient> client = oauth_client(of);
  if (!client) return client.error();
  return requests_->authorization(*client, of);
}

Result<void> ExtensionHost::Impl::revoke_authorization(const AuthorizationOf& of) {
  if (Result<void> may = may_wait("revoke_authorization()"); !may) return may;
  const Result<proxy::OAuthClient> client = oauth_client(of);
  if (!client) return client.error();
  return requests_->revoke(*client, of);
}

}  // namespace v1
}  // namespace sublet
