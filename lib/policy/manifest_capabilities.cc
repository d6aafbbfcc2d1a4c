// SPDX-License-Identifier: Apache-2.0
// What an extension asks of the host: storage, requests and limits.
#include <fmt/format.h>

#include <algorithm>

#include "policy/events/webhooks_section.h"
#include "policy/manifest_limits.h"
#include "policy/manifest_reader.h"
#include "policy/names.h"
#include "policy/request/compile.h"
#include "policy/request/oauth_text.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {

using base::JsonKind;

Result<void> ManifestReader::kv() {
  const std::size_t offset = cursor_.offset();
  const std::string word = cursor_.kind() == JsonKind::kString ? cursor_.string() : std::string();
  if (word != "direct" && word != "transactional") {
    return refuse(offset, "kv must be \"direct\" or \"transactional\"");
  }
  manifest_.kv_transactional = word == "transactional";
  return {};
}

Result<void> ManifestReader::kv_namespaces() {
  const std::size_t start = cursor_.offset();
  if (cursor_.kind() != JsonKind::kArray) {
    return refuse(start, "kv_namespaces must be an array of names");
  }
  std::vector<std::string>& names = manifest_.kv_namespaces;
  cursor_.enter();
  while (cursor_.next_element()) {
    const std::size_t offset = cursor_.offset();
    const std::string field = fmt::format("kv_namespaces[{}]", names.size());
    if (cursor_.kind() != JsonKind::kString) {
      return refuse(offset, fmt::format("{} must be a string", field));
    }
    std::string name = cursor_.string();
    if (auto checked = check_extension_name(field, name); !checked) {
      return located(offset, checked);
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return refuse(offset, fmt::format("{} {} is there twice", field, in_quotes(name)));
    }
    if (names.size() == kMaxKvNamespaces) {
      return refuse(offset, fmt::format("kv_namespaces has more than {} names", kMaxKvNamespaces));
    }
    names.push_back(std::move(name));
  }
  return {};
}

Result<void> ManifestReader::limits() {
  if (cursor_.kind() != JsonKind::kObject) {
    return refuse(cursor_.offset(), "limits must be an object");
  }
  std::array<std::optional<std::size_t>, kManifestLimitFields.size()> given;
  base::JsonCursor::Member member;
  cursor_.enter();
  while (cursor_.next_member(member)) {
    if (auto read = limit(member, given); !read) return read;
  }
  return {};
}

Result<void> ManifestReader::limit(const base::JsonCursor::Member& member,
                                   std::span<std::optional<std::size_t>> given) {
  std::array<std::string_view, kManifestLimitFields.size()> known;
  std::size_t index = known.size();
  for (std::size_t i = 0; i < known.size(); ++i) {
    known[i] = kManifestLimitFields[i].name;
    if (known[i] == member.key) index = i;
  }
  if (index == known.size()) return unknown(member, "limits.", known);
  const std::string field = fmt::format("limits.{}", member.key);
  if (given[index]) return twice(field, member.offset, *given[index]);
  given[index] = member.offset;

  const ManifestLimitField& limit = kManifestLimitFields[index];
  const std::size_t offset = cursor_.offset();
  const bool is_number = cursor_.kind() == JsonKind::kNumber;
  const std::string_view raw = cursor_.raw();
  const auto value = is_number ? base::whole_number(raw) : std::nullopt;
  if (!value || *value < limit.low || *value > limit.high) {
    return refuse(offset, fmt::format("{} {}must be a whole number between {} and {}", field,
                                      is_number ? fmt::format("is {}; it ", raw.substr(0, 32)) : "",
                                      limit.low, limit.high));
  }
  limit.set(manifest_.limits, *value);
  return {};
}

Result<void> ManifestReader::requests() { return read_requests(sections_, manifest_.requests); }

Result<void> ManifestReader::parameters() {
  return read_parameters(sections_, manifest_.parameters);
}

Result<void> ManifestReader::egress() {
  std::vector<LocatedText> hosts;
  if (auto read = read_hosts(sections_, "egress", kMaxEgressHosts, hosts); !read) return read;
  for (LocatedText& host : hosts) manifest_.egress.push_back(std::move(host.text));
  return {};
}

Result<void> ManifestReader::oauth() { return read_oauth(sections_, manifest_.oauth); }

Result<void> ManifestReader::webhooks() { return read_webhooks(sections_, manifest_.webhooks); }

// What the sections say of each other, wherever they stand.
Result<void> ManifestReader::check_requests() const {
  for (const OAuthDeclaration& provider : manifest_.oauth) {
    if (auto checked = check_oauth(provider, manifest_.parameters); !checked) return checked;
  }
  for (const RequestDeclaration& request : manifest_.requests) {
    const auto compiled = compile_request(request, manifest_.parameters);
    if (!compiled) return compiled.error();
    const std::string& name = request.options.oauth;
    const bool known =
        std::any_of(manifest_.oauth.begin(), manifest_.oauth.end(),
                    [&](const OAuthDeclaration& provider) { return provider.name == name; });
    if (name.empty() || known) continue;
    return sections_.refuse_at(request.line,
                               fmt::format("requests.{}.options.oauth: {} is not declared in oauth",
                                           request.name, in_quotes(name)));
  }
  return {};
}

}  // namespace sublet::policy
