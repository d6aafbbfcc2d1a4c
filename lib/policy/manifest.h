// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/events/event_declarations.h"
#include "policy/events/webhook_declaration.h"
#include "policy/manifest_limits.h"
#include "policy/request/declaration.h"
#include "sublet/extension.h"
#include "sublet/result.h"
#include "sublet/tenant.h"

namespace sublet::policy {

inline constexpr std::string_view kManifestFile = "extension.json";
inline constexpr std::size_t kMaxManifestBytes = 256u << 10;
inline constexpr std::uint32_t kMaxManifestDepth = 32;
inline constexpr std::size_t kMaxHandlers = 256;
inline constexpr std::size_t kMaxKvNamespaces = 16;
inline constexpr std::size_t kMaxDescription = 1024;
inline constexpr std::size_t kMaxVersion = 128;

// One event and the export that answers it.
struct ManifestHandler {
  std::string event;
  std::string export_name;
  std::uint32_t line = 0;  // of extension.json, for messages about the export
};

// What `extension.json` says, checked. lib/policy/extension.schema.json describes the same.
struct Manifest {
  std::string name;
  std::string version;
  std::string compatibility_date;  // empty where the manifest has none
  std::string main = "extension.js";
  std::string description;
  std::vector<ManifestHandler> handlers;  // in the manifest's order, at least one
  State state = State::kInvocation;
  Realm realm = Realm::kStandard;
  Isolation isolation = Isolation::kAutomatic;
  bool kv_transactional = false;
  std::vector<std::string> kv_namespaces;
  ManifestLimits limits;
  // Each compiles: see policy/request/compile.h.
  std::vector<RequestDeclaration> requests;
  std::vector<ParameterDeclaration> parameters;
  std::vector<std::string> egress;  // hosts that may be reached; each parses
  std::vector<OAuthDeclaration> oauth;
  DeliveryDeclaration delivery;
  std::vector<ScheduleDeclaration> schedules;
  std::vector<WebhookDeclaration> webhooks;  // their events and secrets are declared
};

// Reads the text of an `extension.json`. The message of an error is one sentence that begins with
// file and line and names the field: 'extension.json:7: handlers.onTicketCreate must be ...'.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace sublet::policy
