// SPDX-License-Identifier: Apache-2.0
#include "policy/manifest.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "policy/events/webhooks_section.h"
#include "policy/manifest_reader.h"
#include "policy/module_path.h"
#include "policy/names.h"
#include "policy/suggestion.h"
#include "policy/version.h"

namespace sublet::policy {

using base::JsonKind;

namespace {

Error not_json(std::string_view text, const base::JsonScan& scan) {
  const base::TextPosition at = base::text_position(text, scan.offset);
  std::string what;
  if (scan.fault == base::JsonFault::kTooDeep) {
    what = fmt::format("nested deeper than {} levels", kMaxManifestDepth);
  } else if (scan.fault == base::JsonFault::kNotUtf8) {
    what = fmt::format("not UTF-8 at column {}", at.column);
  } else if (text.starts_with("\xEF\xBB\xBF")) {
    what = "begins with a byte order mark; JSON may not";
  } else if (scan.offset == text.size()) {
    what = "no valid JSON: the text ends too early";
  } else {
    what = fmt::format("no valid JSON: unexpected {} at column {}",
                       in_quotes(text.substr(scan.offset, 1)), at.column);
  }
  return {ErrorCode::kInvalidArgument, fmt::format("{}:{}: {}", kManifestFile, at.line, what)};
}

}  // namespace

std::span<const ManifestReader::Field> ManifestReader::fields() {
  static constexpr std::array<Field, kFields> kAll = {{
      {"$schema", &ManifestReader::schema, false},
      {"name", &ManifestReader::name, true},
      {"version", &ManifestReader::version, true},
      {"description", &ManifestReader::description, false},
      {"compatibility_date", &ManifestReader::compatibility_date, false},
      {"main", &ManifestReader::main, false},
      {"handlers", &ManifestReader::handlers, true},
      {"state", &ManifestReader::state, false},
      {"realm", &ManifestReader::realm, false},
      {"isolation", &ManifestReader::isolation, false},
      {"kv", &ManifestReader::kv, false},
      {"kv_namespaces", &ManifestReader::kv_namespaces, false},
      {"limits", &ManifestReader::limits, false},
      {"requests", &ManifestReader::requests, false},
      {"parameters", &ManifestReader::parameters, false},
      {"egress", &ManifestReader::egress, false},
      {"oauth", &ManifestReader::oauth, false},
      {"delivery", &ManifestReader::delivery, false},
      {"schedules", &ManifestReader::schedules, false},
      {"webhooks", &ManifestReader::webhooks, false},
  }};
  return kAll;
}

// fields().size() for a name that is not one.
std::size_t ManifestReader::index_of(std::string_view name) {
  std::size_t index = 0;
  while (index < fields().size() && fields()[index].name != name) ++index;
  return index;
}

Result<Manifest> ManifestReader::run() {
  if (cursor_.kind() != JsonKind::kObject) return refuse(cursor_.offset(), "must be a JSON object");
  const std::size_t start = cursor_.offset();
  base::JsonCursor::Member member;
  cursor_.enter();
  while (cursor_.next_member(member)) {
    if (auto read = field(member); !read) return read.error();
  }
  for (const Field& known : fields()) {
    if (known.required && !seen(known.name)) {
      return refuse(start, fmt::format("{} is missing", known.name));
    }
  }
  if (auto together = check_together(); !together) return together.error();
  return std::move(manifest_);
}

Result<void> ManifestReader::field(const base::JsonCursor::Member& member) {
  const std::size_t index = index_of(member.key);
  if (index == fields().size()) {
    std::array<std::string_view, kFields> known;
    for (std::size_t i = 0; i < known.size(); ++i) known[i] = fields()[i].name;
    return unknown(member, "", known);
  }
  if (seen_[index]) return twice(member.key, member.offset, *seen_[index]);
  seen_[index] = member.offset;
  return (this->*fields()[index].read)();
}

Error ManifestReader::twice(std::string_view name, std::size_t offset, std::size_t first) const {
  return refuse(offset, fmt::format("{} is given twice; first in line {}", name, line(first)));
}

Error ManifestReader::unknown(const base::JsonCursor::Member& member, std::string_view prefix,
                              std::span<const std::string_view> known) const {
  std::string what =
      fmt::format("unknown field {}", in_quotes(fmt::format("{}{}", prefix, member.key)));
  if (const auto nearest = nearest_word(member.key, known)) {
    what += fmt::format("; did you mean \"{}{}\"?", prefix, *nearest);
  }
  return refuse(member.offset, what);
}

Result<void> ManifestReader::text_field(std::string_view name, std::size_t limit,
                                        std::string& out) {
  const std::size_t offset = cursor_.offset();
  if (cursor_.kind() != JsonKind::kString) {
    return refuse(offset, fmt::format("{} must be a string", name));
  }
  out = cursor_.string();
  if (out.size() > limit) {
    return refuse(offset,
                  fmt::format("{} has {} bytes; it may have at most {}", name, out.size(), limit));
  }
  return {};
}

template <typename T, std::size_t kCount>
Result<void> ManifestReader::choice(std::string_view name,
                                    const std::array<Choice<T>, kCount>& choices, T& out) {
  const std::size_t offset = cursor_.offset();
  const bool is_text = cursor_.kind() == JsonKind::kString;
  const std::string word = is_text ? cursor_.string() : std::string();
  std::string words;
  for (const Choice<T>& choice : choices) {
    if (is_text && choice.word == word) {
      out = choice.value;
      return {};
    }
    words += fmt::format("{}\"{}\"", words.empty() ? "" : " or ", choice.word);
  }
  return refuse(offset, is_text
                            ? fmt::format("{} is {}; it must be {}", name, in_quotes(word), words)
                            : fmt::format("{} must be {}", name, words));
}

Result<void> ManifestReader::schema() {
  std::string ignored;
  return text_field("$schema", kMaxManifestBytes, ignored);
}

Result<void> ManifestReader::name() {
  const std::size_t offset = cursor_.offset();
  if (auto read = text_field("name", kMaxExtensionName, manifest_.name); !read) return read;
  return located(offset, check_extension_name("name", manifest_.name));
}

Result<void> ManifestReader::version() {
  const std::size_t offset = cursor_.offset();
  if (auto read = text_field("version", kMaxVersion, manifest_.version); !read) return read;
  if (is_semantic_version(manifest_.version)) return {};
  return refuse(offset, fmt::format("version {} must be a semantic version like \"1.0.0\"",
                                    in_quotes(manifest_.version)));
}

Result<void> ManifestReader::compatibility_date() {
  const std::size_t offset = cursor_.offset();
  std::string& date = manifest_.compatibility_date;
  if (auto read = text_field("compatibility_date", kMaxManifestBytes, date); !read) return read;
  if (is_calendar_date(date)) return {};
  return refuse(offset, fmt::format("compatibility_date {} must be a day like \"2026-01-31\"",
                                    in_quotes(date)));
}

Result<void> ManifestReader::main() {
  const std::size_t offset = cursor_.offset();
  if (auto read = text_field("main", kMaxPath, manifest_.main); !read) return read;
  const std::string_view path = manifest_.main;
  if (auto checked = check_bundle_path(path); !checked) {
    return refuse(offset, fmt::format("main: {}", checked.error().message));
  }
  if (path.ends_with(".js") || path.ends_with(".mjs")) return {};
  return refuse(offset, fmt::format("main {} must end in .js or .mjs", in_quotes(path)));
}

Result<void> ManifestReader::description() {
  return text_field("description", kMaxDescription, manifest_.description);
}

Result<void> ManifestReader::handlers() {
  const std::size_t start = cursor_.offset();
  if (cursor_.kind() != JsonKind::kObject) {
    return refuse(start, "handlers must be an object of event name to export name");
  }
  base::JsonCursor::Member member;
  cursor_.enter();
  while (cursor_.next_member(member)) {
    if (auto read = handler(member); !read) return read;
  }
  if (manifest_.handlers.empty())
    return refuse(start, "handlers is empty; name at least one event");
  return {};
}

Result<void> ManifestReader::handler(const base::JsonCursor::Member& member) {
  const auto named = check_event_name("the event name in handlers", member.key);
  if (!named) return located(member.offset, named);
  const std::string field = fmt::format("handlers.{}", member.key);
  for (const ManifestHandler& other : manifest_.handlers) {
    if (other.event != member.key) continue;
    return refuse(member.offset,
                  fmt::format("{} is given twice; first in line {}", field, other.line));
  }
  if (manifest_.handlers.size() == kMaxHandlers) {
    return refuse(member.offset, fmt::format("handlers has more than {} events", kMaxHandlers));
  }
  const std::size_t offset = cursor_.offset();
  ManifestHandler handler{member.key, member.key, line(member.offset)};
  if (cursor_.kind() == JsonKind::kString) {
    handler.export_name = cursor_.string();
  } else if (cursor_.raw() != "true") {
    return refuse(offset, fmt::format("{} must be the name of an export, or true where the export "
                                      "has the event's name",
                                      field));
  }
  if (auto checked = check_export_name(field, handler.export_name); !checked) {
    return located(offset, checked);
  }
  manifest_.handlers.push_back(std::move(handler));
  return {};
}

Result<void> ManifestReader::state() {
  static constexpr std::array<Choice<State>, 2> kStates = {
      {{"invocation", State::kInvocation}, {"tenant", State::kTenant}}};
  return choice("state", kStates, manifest_.state);
}

Result<void> ManifestReader::realm() {
  static constexpr std::array<Choice<Realm>, 2> kRealms = {
      {{"standard", Realm::kStandard}, {"frozen", Realm::kFrozen}}};
  return choice("realm", kRealms, manifest_.realm);
}

Result<void> ManifestReader::isolation() {
  static constexpr std::array<Choice<Isolation>, 3> kIsolations = {
      {{"automatic", Isolation::kAutomatic},
       {"in_process", Isolation::kInProcess},
       {"sandboxed", Isolation::kSandboxed}}};
  return choice("isolation", kIsolations, manifest_.isolation);
}

Result<void> ManifestReader::check_together() {
  const ManifestLimits& limits = manifest_.limits;
  if (manifest_.state == State::kTenant && manifest_.realm == Realm::kFrozen) {
    return refuse(*seen("realm"),
                  "realm \"frozen\" contradicts state \"tenant\": frozen globals and fresh module "
                  "state keep nothing between invocations");
  }
  if (limits.soft_cpu_time && limits.cpu_time && *limits.soft_cpu_time > *limits.cpu_time) {
    return refuse(*seen("limits"),
                  fmt::format("limits.soft_cpu_ms is {}; it must be at most "
                              "limits.cpu_ms, {}",
                              limits.soft_cpu_time->count(), limits.cpu_time->count()));
  }
  if (auto requests = check_requests(); !requests) return requests;
  if (auto webhooks = check_webhooks(sections_, manifest_); !webhooks) return webhooks;
  return check_events();
}

Result<Manifest> parse_manifest(std::string_view text) {
  if (text.size() > kMaxManifestBytes) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} has {} bytes; it may have at most {}", kManifestFile, text.size(),
                             kMaxManifestBytes)};
  }
  const base::JsonScan scan = base::scan_json(text, kMaxManifestDepth);
  if (!scan.ok()) return not_json(text, scan);
  return ManifestReader(text).run();
}

}  // namespace sublet::policy
