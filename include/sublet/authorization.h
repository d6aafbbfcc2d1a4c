// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sublet {
inline namespace v1 {

// Whose grant it is: of one extension that a tenant has installed, at one of the OAuth providers
// that its manifest declares.
struct AuthorizationOf {
  std::string tenant;
  std::string extension;
  std::string provider;
  std::string user;  // where the provider's scope_of is "user": the host's name for the user
};

// Where the browser is to be sent, so that a user grants access.
struct AuthorizationStart {
  std::string url;
  // Unguessable, good for ten minutes and for one use; the provider hands it back. The host
  // compares it with what it keeps in the user's browser session.
  std::string state;
};

// What the provider's redirect brought to the host's page.
struct AuthorizationCallback {
  std::string state;
  std::string code;
  std::string error;              // the provider's, "access_denied"
  std::string error_description;  // likewise
};

struct AuthorizationStatus {
  bool authorized = false;          // a token, or what gets one, is there
  std::vector<std::string> scopes;  // as the provider granted them, where it said so
  std::optional<std::chrono::sys_seconds> expires_at;  // of the access token
  bool refreshable = false;
};

}  // namespace v1
}  // namespace sublet
