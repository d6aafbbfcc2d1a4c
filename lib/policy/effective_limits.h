// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/manifest.h"
#include "sublet/limits.h"

namespace sublet::policy {

// The policy's limits, each lowered to what the manifest asks for where that is less. A manifest
// that asks for more gets the policy's. Stays valid: a soft CPU limit above the CPU limit that
// results is lowered with it.
Limits effective_limits(const Limits& policy, const ManifestLimits& manifest);

}  // namespace sublet::policy
