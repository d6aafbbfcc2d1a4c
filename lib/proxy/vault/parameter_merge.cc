// SPDX-License-Identifier: Apache-2.0
#include "proxy/vault/parameter_merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "proxy/oauth/flat_json.h"

namespace sublet::proxy {
namespace {

// Of each member its JSON text; of one that is there twice, the first.
using Members = std::map<std::string, std::string_view, std::less<>>;

constexpr std::uint32_t kMaxDepth = 8;
constexpr std::string_view kPlain = "plain";
constexpr std::string_view kSecret = "secret";

std::optional<Members> members_of(std::string_view json) {
  if (!base::scan_json(json, kMaxDepth).ok()) return std::nullopt;
  base::JsonCursor cursor(json);
  if (cursor.kind() != base::JsonKind::kObject) return std::nullopt;
  Members out;
  base::JsonCursor::Member member;
  cursor.enter();
  while (cursor.next_member(member)) out.emplace(member.key, cursor.raw());
  return out;
}

// What is wrong with the given part by itself; the rest is asked of the whole.
std::vector<policy::ParameterFault> faults_of_form(
    std::span<const policy::ParameterDeclaration> declared, std::string_view given) {
  auto faults = policy::check_parameters(declared, given).faults;
  std::erase_if(faults, [](const policy::ParameterFault& fault) {
    return fault.rule != "json" && fault.rule != "unknown" && fault.rule != "twice";
  });
  return faults;
}

// What was stored: the values, each under the section of those that were secret or of those that
// were not. One that was secret is never handed on as one that is not.
struct Stored {
  Members plain;
  Members secret;
};

std::optional<Stored> read_stored(std::optional<std::string_view> json) {
  if (!json) return Stored();
  const auto sections = members_of(*json);
  if (!sections) return std::nullopt;
  Stored stored;
  for (const auto& [name, members] :
       {std::pair{kPlain, &stored.plain}, std::pair{kSecret, &stored.secret}}) {
    const auto section = sections->find(name);
    auto read = section == sections->end() ? std::nullopt : members_of(section->second);
    if (!read) return std::nullopt;
    *members = *std::move(read);
  }
  return stored;
}

// The values as they are from now on, by section.
Stored merged(std::span<const policy::ParameterDeclaration> declared, const Stored& stored,
              const Members& given) {
  Stored out;
  for (const policy::ParameterDeclaration& one : declared) {
    const auto look_in = [&](const Members& members) {
      const auto found = members.find(one.name);
      return found == members.end() ? std::nullopt : std::optional(found->second);
    };
    std::optional<std::string_view> value = look_in(given);
    if (!value) value = look_in(stored.plain);
    if (!value && one.secret) value = look_in(stored.secret);
    if (value && *value != "null") (one.secret ? out.secret : out.plain).emplace(one.name, *value);
  }
  return out;
}

void write(const Members& members, FlatWriter& out) {
  for (const auto& [name, value] : members) out.raw(name, value);
}

std::string text_of(const Members& members) {
  FlatWriter out;
  write(members, out);
  return out.take();
}

}  // namespace

Result<MergedParameters> merge_parameters(std::span<const policy::ParameterDeclaration> declared,
                                          std::optional<std::string_view> stored,
                                          std::string_view given) {
  const auto before = read_stored(stored);
  if (!before) return Error{ErrorCode::kInternal, "the stored parameters are not readable"};
  MergedParameters out;
  auto faults = faults_of_form(declared, given);
  const auto now = members_of(given);
  const auto is_json = [](const policy::ParameterFault& fault) { return fault.rule == "json"; };
  if (!now || std::any_of(faults.begin(), faults.end(), is_json)) {
    out.checked.faults = std::move(faults);
    return out;
  }
  const Stored all = merged(declared, *before, *now);
  out.json = FlatWriter().raw(kPlain, text_of(all.plain)).raw(kSecret, text_of(all.secret)).take();
  FlatWriter values;
  write(all.plain, values);
  write(all.secret, values);
  out.checked = policy::check_parameters(declared, values.take());
  out.checked.faults.insert(out.checked.faults.begin(), faults.begin(), faults.end());
  return out;
}

std::string shown_parameters(const policy::ParameterValues& values) {
  FlatWriter out;
  for (const auto& [name, value] : values) {
    if (value.secret) continue;
    if (value.kind == base::JsonKind::kString) {
      out.text(name, value.text);
    } else {
      out.raw(name, value.text);
    }
  }
  return out.take();
}

std::vector<std::string> secret_names(const policy::ParameterValues& values) {
  std::vector<std::string> out;
  for (const auto& [name, value] : values) {
    if (value.secret) out.push_back(name);
  }
  return out;
}

}  // namespace sublet::proxy
