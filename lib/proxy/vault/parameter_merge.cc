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

std::string merged(std::span<const policy::ParameterDeclaration> declared, const Members& stored,
                   const Members& given) {
  FlatWriter out;
  for (const policy::ParameterDeclaration& one : declared) {
    auto value = given.find(one.name);
    if (value == given.end()) {
      value = stored.find(one.name);
      if (value == stored.end()) continue;
    }
    if (value->second != "null") out.raw(one.name, value->second);
  }
  return out.take();
}

}  // namespace

Result<MergedParameters> merge_parameters(std::span<const policy::ParameterDeclaration> declared,
                                          std::optional<std::string_view> stored,
                                          std::string_view given) {
  const auto before = members_of(stored.value_or("{}"));
  if (!before) return Error{ErrorCode::kInternal, "the stored parameters are not readable"};
  MergedParameters out;
  auto faults = faults_of_form(declared, given);
  const auto now = members_of(given);
  const auto is_json = [](const policy::ParameterFault& fault) { return fault.rule == "json"; };
  if (!now || std::any_of(faults.begin(), faults.end(), is_json)) {
    out.checked.faults = std::move(faults);
    return out;
  }
  out.json = merged(declared, *before, *now);
  out.checked = policy::check_parameters(declared, out.json);
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
