// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "engine/program.h"
#include "hostcall/events/access.h"
#include "hostcall/key_value/access.h"
#include "hostcall/request/extension_requests.h"
#include "sublet/limits.h"
#include "sublet/tenant.h"

namespace sublet::runtime {

class Tenant;

// What an invocation needs to know of the extension that answers it. Immutable: an install or a
// change of policy makes a new one, and invocations accepted before keep the one they have.
struct ActiveExtension {
  std::shared_ptr<Tenant> tenant;  // from Dispatcher::add_tenant()
  std::string tenant_name;
  std::string name;
  std::string version;
  std::shared_ptr<const engine::Program> program;  // prepared
  Limits limits;  // the policy's, lowered where the manifest asks for less
  std::shared_ptr<const TenantPolicy> policy;
  std::shared_ptr<const hostcall::KeyValueAccess> key_value;  // null: there is no store
  std::shared_ptr<const hostcall::ExtensionRequests> requests;  // null: its manifest has none
  std::shared_ptr<const hostcall::EventAccess> events;  // null: the host has no event queue
};

}  // namespace sublet::runtime
