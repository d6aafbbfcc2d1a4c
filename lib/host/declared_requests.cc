// SPDX-License-Identifier: Apache-2.0
#include "host/declared_requests.h"

#include <utility>

#include "policy/request/hosts.h"

namespace sublet::host {

Result<std::shared_ptr<const DeclaredRequests>> compile_declared(const policy::Manifest& manifest) {
  std::shared_ptr<const DeclaredRequests> none;
  if (manifest.requests.empty() && manifest.parameters.empty() && manifest.egress.empty() &&
      manifest.oauth.empty()) {
    return none;
  }
  auto declared = std::make_shared<DeclaredRequests>();
  declared->parameters = manifest.parameters;
  declared->providers = manifest.oauth;
  for (const std::string& host : manifest.egress) {
    auto pattern = policy::HostPattern::parse("egress", host);
    if (!pattern) return pattern.error();
    declared->egress.push_back(std::move(*pattern));
  }
  auto templates = std::make_shared<hostcall::RequestTemplates>();
  for (const policy::RequestDeclaration& request : manifest.requests) {
    auto compiled = policy::compile_request(request, manifest.parameters);
    if (!compiled) return compiled.error();
    templates->requests.emplace(request.name, std::move(*compiled));
  }
  for (const policy::ParameterDeclaration& parameter : manifest.parameters) {
    if (!parameter.secret) continue;
    auto hosts = policy::parse_hosts("parameters." + parameter.name + ".hosts", parameter.hosts);
    if (!hosts) return hosts.error();
    templates->secrets.emplace(parameter.name, std::move(*hosts));
  }
  for (const policy::OAuthDeclaration& provider : manifest.oauth) {
    auto hosts = policy::parse_hosts("oauth." + provider.name + ".hosts", provider.hosts);
    if (!hosts) return hosts.error();
    templates->providers.emplace(provider.name, std::move(*hosts));
  }
  declared->templates = std::move(templates);
  return std::shared_ptr<const DeclaredRequests>(std::move(declared));
}

}  // namespace sublet::host
