// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "policy/events/webhook_declaration.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {

struct Manifest;

inline constexpr std::size_t kMaxWebhooks = 64;

Result<void> read_webhooks(SectionReader& reader, std::vector<WebhookDeclaration>& out);
// What they say of the manifest's handlers and parameters.
Result<void> check_webhooks(const SectionReader& reader, const Manifest& manifest);

}  // namespace sublet::policy
