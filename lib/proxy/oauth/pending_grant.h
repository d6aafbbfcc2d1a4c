// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "proxy/oauth/once.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/authorization.h"

namespace sublet::proxy {

// What is known of a browser that was sent to a provider, under the hash of the state that comes
// back with it: good for ten minutes and one use.
struct PendingGrant {
  AuthorizationOf of;
  std::string verifier;
  std::string redirect_uri;
  std::string binding;
};

void save_pending(KeyValueStore& store, const std::string& state, const PendingGrant& grant,
                  Once<void>::Ptr done);
// Removes it. kNotFound: there is none, or somebody else has taken it.
void take_pending(const std::shared_ptr<KeyValueStore>& store, const std::string& state,
                  Once<PendingGrant>::Ptr done);

// Those that an extension has begun.
void remove_pending(const std::shared_ptr<KeyValueStore>& store, const std::string& tenant,
                    const std::string& extension, Once<void>::Ptr done);

}  // namespace sublet::proxy
