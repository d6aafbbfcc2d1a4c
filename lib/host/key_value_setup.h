// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "host/extension_registry.h"
#include "host/observer_gate.h"
#include "hostcall/key_value/access.h"
#include "sublet/extension_host.h"

namespace sublet::host {

// The store that the options name, or the embedded default; null where there is none.
Result<std::shared_ptr<KeyValueStore>> open_key_value_store(const HostOptions& options);

// Where `kv` leads to for one extension under a policy; null without a store.
std::shared_ptr<const hostcall::KeyValueAccess> key_value_access(
    const std::shared_ptr<KeyValueStore>& store, const std::shared_ptr<ObserverGate>& observer,
    const TenantView& view, const Installed& installed, const Limits& limits);

}  // namespace sublet::host
