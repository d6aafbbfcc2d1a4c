// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hostcall/request/extension_requests.h"
#include "policy/egress/host_pattern.h"
#include "policy/manifest.h"
#include "policy/request/declaration.h"
#include "sublet/result.h"

namespace sublet::host {

// What a manifest says of requests, parameters and grants, compiled. Immutable.
struct DeclaredRequests {
  std::vector<policy::ParameterDeclaration> parameters;
  std::vector<policy::OAuthDeclaration> providers;
  std::vector<policy::HostPattern> egress;
  std::shared_ptr<const hostcall::RequestTemplates> templates;
};

// Null where the manifest says nothing of them. It passed parse_manifest(), so an error is a fault
// of ours.
Result<std::shared_ptr<const DeclaredRequests>> compile_declared(const policy::Manifest& manifest);

}  // namespace sublet::host
