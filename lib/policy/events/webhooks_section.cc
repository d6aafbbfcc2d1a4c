// SPDX-License-Identifier: Apache-2.0
// The manifest's `webhooks`.
#include "policy/events/webhooks_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/http_names.h"
#include "policy/manifest.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

using Declaration = WebhookDeclaration;

constexpr std::size_t kMaxHeaderName = 128;
constexpr std::size_t kMaxPrefix = 64;
constexpr std::uint64_t kMaxTolerance = 3600;

constexpr std::array<std::pair<std::string_view, SignatureScheme>, 6> kSchemes = {{
    {"none", SignatureScheme::kNone},
    {"hmac", SignatureScheme::kHmac},
    {"github", SignatureScheme::kGitHub},
    {"stripe", SignatureScheme::kStripe},
    {"slack", SignatureScheme::kSlack},
    {"standard", SignatureScheme::kStandard},
}};

Result<void> scheme(SectionReader& reader, const std::string& field, Declaration& out) {
  LocatedText word;
  const std::uint32_t at = reader.line();
  if (reader.kind() == base::JsonKind::kString) {
    if (auto read = reader.text(field, kMaxHeaderName, word); !read) return read;
  }
  std::string words;
  for (const auto& [name, value] : kSchemes) {
    if (name == word.text) {
      out.scheme = value;
      return {};
    }
    words += fmt::format("{}\"{}\"", words.empty() ? "" : " or ", name);
  }
  return reader.refuse_at(at, fmt::format("{} must be {}", field, words));
}

template <auto kMember>
Result<void> header(SectionReader& reader, const std::string& field, Declaration& out) {
  const std::uint32_t at = reader.line();
  if (auto read = reader.text(field, kMaxHeaderName, out.*kMember); !read) return read;
  if (base::is_http_token(out.*kMember)) return {};
  return reader.refuse_at(at, field + " must be the name of a header");
}

Result<void> prefix(SectionReader& reader, const std::string& field, Declaration& out) {
  return reader.text(field, kMaxPrefix, out.signature_prefix);
}

Result<void> tolerance(SectionReader& reader, const std::string& field, Declaration& out) {
  std::uint64_t seconds = 0;
  if (auto read = reader.number(field, 1, kMaxTolerance, seconds); !read) return read;
  out.tolerance = std::chrono::seconds(seconds);
  return {};
}

Result<void> signature(SectionReader& reader, const std::string& field, Declaration& out) {
  static constexpr std::array<SectionReader::Field<Declaration>, 6> kFields = {{
      {"scheme", scheme},
      {"secret", [](SectionReader& r, const std::string& f,
                    Declaration& o) { return r.text(f, kMaxExportName, o.secret); }},
      {"header", header<&Declaration::signature_header>},
      {"prefix", prefix},
      {"timestamp_header", header<&Declaration::timestamp_header>},
      {"tolerance_s", tolerance},
  }};
  return reader.object<Declaration>(field, kFields, out);
}

Result<void> read_one(SectionReader& reader, const std::string& field, Declaration& out) {
  static constexpr std::array<SectionReader::Field<Declaration>, 2> kFields = {{
      {"event", [](SectionReader& r, const std::string& f,
                   Declaration& o) { return r.text(f, kMaxEventName, o.event); }},
      {"signature", signature},
  }};
  return reader.object<Declaration>(field, kFields, out);
}

// What is wrong with the fields together; empty: nothing.
std::string fault_of(const std::string& field, const Declaration& declared) {
  const bool is_hmac = declared.scheme == SignatureScheme::kHmac;
  if (declared.event.empty()) return field + ".event is missing";
  if (declared.scheme != SignatureScheme::kNone && declared.secret.empty()) {
    return field + ".signature.secret is missing";
  }
  if (declared.scheme == SignatureScheme::kNone && !declared.secret.empty()) {
    return field + ".signature.secret is for a scheme, and there is none";
  }
  if (is_hmac && declared.signature_header.empty()) return field + ".signature.header is missing";
  const bool has_hmac_fields = !declared.signature_header.empty() ||
                               !declared.signature_prefix.empty() ||
                               !declared.timestamp_header.empty();
  if (is_hmac || !has_hmac_fields) return {};
  return field + ".signature: header, prefix and timestamp_header are for the scheme \"hmac\" only";
}

}  // namespace

Result<void> read_webhooks(SectionReader& reader, std::vector<WebhookDeclaration>& out) {
  return reader.members(
      "webhooks", kMaxWebhooks,
      [&](const std::string& field, const std::string& name, std::uint32_t line) -> Result<void> {
        if (auto named = check_event_name("the webhook name in webhooks", name); !named) {
          return reader.refuse_at(line, named.error().message);
        }
        Declaration& made = out.emplace_back();
        made.name = name;
        made.line = line;
        if (auto read = read_one(reader, field, made); !read) return read;
        const std::string fault = fault_of(field, made);
        if (fault.empty()) return {};
        return reader.refuse_at(line, fault);
      });
}

Result<void> check_webhooks(const SectionReader& reader, const Manifest& manifest) {
  for (const Declaration& declared : manifest.webhooks) {
    const bool handled = std::any_of(
        manifest.handlers.begin(), manifest.handlers.end(),
        [&](const ManifestHandler& handler) { return handler.event == declared.event; });
    if (!handled) {
      return reader.refuse_at(declared.line,
                              fmt::format("webhooks.{}.event: {} is not among the handlers",
                                          declared.name, in_quotes(declared.event)));
    }
    if (declared.scheme == SignatureScheme::kNone) continue;
    const bool known = std::any_of(manifest.parameters.begin(), manifest.parameters.end(),
                                   [&](const ParameterDeclaration& parameter) {
                                     return parameter.secret && parameter.name == declared.secret;
                                   });
    if (known) continue;
    return reader.refuse_at(
        declared.line,
        fmt::format("webhooks.{}.signature.secret: {} is not a secret parameter of the manifest",
                    declared.name, in_quotes(declared.secret)));
  }
  return {};
}

}  // namespace sublet::policy
