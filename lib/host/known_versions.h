// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/adapters/event_queue.h"
#include "sublet/result.h"

namespace sublet::host {

// What the processes that share a queue know of an extension: the version installed last.
struct KnownVersion {
  std::string version;  // empty: none was
  std::string digest;
  std::uint64_t record = 0;  // the record's own version
};

// What forgets it.
EventRecordWrite known_version_removal(std::string_view tenant, std::string_view extension);

// Each waits for the queue.
Result<KnownVersion> known_version(EventQueue& queue, std::string_view tenant,
                                   std::string_view extension);
// In place of `before`; nullopt: none is known from now on. False: somebody was first.
Result<bool> note_version(EventQueue& queue, std::string_view tenant, std::string_view extension,
                          const KnownVersion& before, const std::optional<KnownVersion>& now);

}  // namespace sublet::host
