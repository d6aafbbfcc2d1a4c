// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sublet/result.h"

// Which names are well-formed. Each check answers one sentence that begins with `field`, the place
// the name was found at: 'tenant "a b" may only have ...'.
namespace sublet::policy {

inline constexpr std::size_t kMaxTenantId = 128;
inline constexpr std::size_t kMaxEventName = 128;
inline constexpr std::size_t kMaxExtensionName = 64;
inline constexpr std::size_t kMaxHostFunctionName = 128;
inline constexpr std::size_t kMaxExportName = 128;
inline constexpr std::size_t kMaxEventId = 256;

// 1 to 128 bytes of [A-Za-z0-9._:-].
Result<void> check_tenant_id(std::string_view field, std::string_view name);
// 1 to 128 bytes of [A-Za-z0-9._:/$-].
Result<void> check_event_name(std::string_view field, std::string_view name);
// [a-z0-9], then [a-z0-9._-]; at most 64 bytes.
Result<void> check_extension_name(std::string_view field, std::string_view name);
// Identifiers with dots between them ("crm.contacts.find"); at most 128 bytes.
Result<void> check_host_function_name(std::string_view field, std::string_view name);
// A JavaScript identifier of [A-Za-z0-9_$]; at most 128 bytes.
Result<void> check_export_name(std::string_view field, std::string_view name);
// The host's own id of an event: at most 256 bytes of printable ASCII.
Result<void> check_event_id(std::string_view field, std::string_view id);

// `text` in double quotes as a message may show it: cut short, and \xNN for what is not printable
// ASCII, so that no input can forge a line of the host's log.
std::string in_quotes(std::string_view text);

}  // namespace sublet::policy
