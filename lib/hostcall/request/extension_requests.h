// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policy/egress/host_pattern.h"
#include "policy/request/compile.h"
#include "policy/request/parameters.h"
#include "proxy/request_access.h"
#include "proxy/request_proxy.h"

namespace sublet::hostcall {

// What the manifest of one version of an extension says of requests. Immutable.
struct RequestTemplates {
  template <typename T>
  using ByName = std::map<std::string, T, std::less<>>;

  ByName<policy::CompiledRequest> requests;
  // Secret parameters and OAuth providers, and where `fetch` may send them: nowhere by default.
  ByName<std::vector<policy::HostPattern>> secrets;
  ByName<std::vector<policy::HostPattern>> providers;
};

// The parameters that an extension was installed with. Immutable; secrets are wiped with it.
struct InstalledValues {
  policy::ParameterValues values;
  std::string shown;  // JSON of those that are no secrets

  InstalledValues() = default;
  InstalledValues(const InstalledValues&) = delete;
  InstalledValues& operator=(const InstalledValues&) = delete;
  ~InstalledValues();
};

// Where an extension's `request`, `fetch`, `secret` and `parameters` lead to. Immutable; made with
// each install and change of policy.
struct ExtensionRequests {
  std::shared_ptr<proxy::RequestProxy> proxy;
  std::shared_ptr<const proxy::RequestAccess> access;
  std::shared_ptr<const RequestTemplates> templates;
  std::shared_ptr<const InstalledValues> parameters;
};

}  // namespace sublet::hostcall
