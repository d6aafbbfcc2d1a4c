// SPDX-License-Identifier: Apache-2.0
#include "host/known_versions.h"

#include <utility>
#include <vector>

#include "events/record_place.h"
#include "host/await.h"

namespace sublet::host {
namespace {

constexpr const char* kKind = "installed";

}  // namespace

EventRecordWrite known_version_removal(std::string_view tenant, std::string_view extension) {
  EventRecordWrite write;
  write.kind = kKind;
  write.tenant = tenant;
  write.name = extension;
  return write;
}

// The content is "<version> <digest>": neither has a space in it.
Result<KnownVersion> known_version(EventQueue& queue, std::string_view tenant,
                                   std::string_view extension) {
  using Records = std::vector<EventRecord>;
  const auto read = await<Records>([&](EventCallback<Records> done) {
    queue.read_records(kKind, std::string(tenant), events::right_before(std::string(extension)), 1,
                       std::move(done));
  });
  if (!read) return read.error();
  KnownVersion known;
  for (const EventRecord& record : *read) {
    if (record.name != extension) continue;
    const std::size_t space = record.data.find(' ');
    known.record = record.version;
    known.version = record.data.substr(0, space);
    if (space != std::string::npos) known.digest = record.data.substr(space + 1);
  }
  return known;
}

Result<bool> note_version(EventQueue& queue, std::string_view tenant, std::string_view extension,
                          const KnownVersion& before, const std::optional<KnownVersion>& now) {
  EventRecordWrite write = known_version_removal(tenant, extension);
  write.expected = before.record;
  if (now.has_value()) write.data = now->version + " " + now->digest;
  const auto written = await<EventEnqueued>([&](EventCallback<EventEnqueued> done) {
    queue.write_records({std::move(write)}, std::move(done));
  });
  if (!written) return written.error();
  return written->status == EventEnqueued::Status::kEnqueued;
}

}  // namespace sublet::host
