// SPDX-License-Identifier: Apache-2.0
#include "policy/request/hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "policy/manifest.h"
#include "policy/names.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {

Result<std::vector<HostPattern>> parse_hosts(std::string_view field,
                                             std::span<const LocatedText> hosts) {
  std::vector<HostPattern> out;
  for (const LocatedText& host : hosts) {
    auto parsed = HostPattern::parse(fmt::format("{}[{}]", field, out.size()), host.text);
    if (!parsed) {
      return Error{parsed.error().code,
                   fmt::format("{}:{}: {}", kManifestFile, host.line, parsed.error().message)};
    }
    out.push_back(*std::move(parsed));
  }
  return out;
}

Result<void> read_hosts(SectionReader& reader, const std::string& field, std::size_t most,
                        std::vector<LocatedText>& out) {
  const auto read = [&](const std::string& inner) -> Result<void> {
    LocatedText one;
    if (auto text = reader.text(inner, kMaxEgressHost, one); !text) return text;
    if (one.text.empty()) return reader.refuse_at(one.line, inner + " is empty");
    const auto is_same = [&](const LocatedText& other) { return other.text == one.text; };
    if (std::any_of(out.begin(), out.end(), is_same)) {
      return reader.refuse_at(one.line,
                              fmt::format("{} {} is there twice", inner, in_quotes(one.text)));
    }
    out.push_back(std::move(one));
    return {};
  };
  if (auto texts = reader.elements(field, most, read); !texts) return texts;
  const auto parsed = parse_hosts(field, out);
  return parsed ? Result<void>() : Result<void>(parsed.error());
}

}  // namespace sublet::policy
