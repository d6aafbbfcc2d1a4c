// SPDX-License-Identifier: Apache-2.0
// The manifest's `schedules`.
#include <array>
#include <string_view>
#include <utility>

#include "policy/events/event_sections.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kMostText = 256;
constexpr std::uint64_t kMostSeconds = 400u * 86'400u;

template <auto kMember>
Result<void> text(SectionReader& reader, const std::string& field, Schedule& out) {
  return reader.text(field, kMostText, out.*kMember);
}

Result<void> every(SectionReader& reader, const std::string& field, Schedule& out) {
  std::uint64_t value = 0;
  if (auto read = reader.number(field, 60, kMostSeconds, value); !read) return read;
  out.every = std::chrono::seconds(value);
  return {};
}

Result<void> data(SectionReader& reader, const std::string&, Schedule& out) {
  out.data = reader.raw();
  return {};
}

Result<void> catch_up(SectionReader& reader, const std::string& field, Schedule& out) {
  std::string word;
  if (auto read = reader.text(field, kMostText, word); !read) return read;
  static constexpr std::array<std::pair<std::string_view, CatchUp>, 3> kRules = {
      {{"skip", CatchUp::kSkip}, {"once", CatchUp::kOnce}, {"all", CatchUp::kAll}}};
  for (const auto& [name, rule] : kRules) {
    if (word != name) continue;
    out.catch_up = rule;
    return {};
  }
  return reader.refuse(field + R"( must be "skip", "once" or "all")");
}

Result<void> enabled(SectionReader& reader, const std::string& field, Schedule& out) {
  return reader.flag(field, out.enabled);
}

Result<void> read_schedule(SectionReader& reader, const std::string& field, Schedule& out) {
  static constexpr std::array<SectionReader::Field<Schedule>, 7> kFields = {{
      {"event", text<&Schedule::event>},
      {"cron", text<&Schedule::cron>},
      {"time_zone", text<&Schedule::time_zone>},
      {"every_seconds", every},
      {"data", data},
      {"catch_up", catch_up},
      {"enabled", enabled},
  }};
  return reader.object<Schedule>(field, kFields, out);
}

}  // namespace

Result<void> read_schedules(SectionReader& reader, std::vector<ScheduleDeclaration>& out) {
  return reader.members(
      "schedules", kMaxManifestSchedules,
      [&](const std::string& field, const std::string& name, std::uint32_t line) -> Result<void> {
        if (auto named = check_event_name("the name in schedules", name); !named) {
          return reader.refuse_at(line, named.error().message);
        }
        ScheduleDeclaration& made = out.emplace_back();
        made.schedule.name = name;
        made.schedule.from_manifest = true;
        made.line = line;
        if (auto read = read_schedule(reader, field, made.schedule); !read) return read;
        if (made.schedule.event.empty()) {
          return reader.refuse_at(line, field + ".event is missing");
        }
        if (made.schedule.cron.empty() == (made.schedule.every.count() == 0)) {
          return reader.refuse_at(line, field + " needs either cron or every_seconds");
        }
        return {};
      });
}

}  // namespace sublet::policy
