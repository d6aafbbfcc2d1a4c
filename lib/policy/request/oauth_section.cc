// SPDX-License-Identifier: Apache-2.0
// The manifest's `oauth`.
#include <fmt/format.h>

#include <array>

#include "policy/names.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {
namespace {

using Declaration = OAuthDeclaration;

constexpr std::size_t kMaxUrlText = 2048;
constexpr std::size_t kMaxText = 1024;

// Reads one member as a text of at most so many bytes.
template <auto kMember, std::size_t kMost>
Result<void> text(SectionReader& reader, const std::string& field, Declaration& out) {
  return reader.text(field, kMost, out.*kMember);
}

Result<void> extra(SectionReader& reader, const std::string& field, Declaration& out) {
  return reader.members(
      field, 16,
      [&](const std::string& inner, const std::string& name, std::uint32_t) -> Result<void> {
        return reader.text(inner, kMaxText, out.extra.emplace_back(NamedText{name, {}}).value);
      });
}

Result<void> read_provider(SectionReader& reader, const std::string& field, Declaration& out) {
  static constexpr std::array<SectionReader::Field<Declaration>, 12> kFields = {{
      {"flow",
       [](SectionReader& r, const std::string& f, Declaration& o) {
         return r.word(f, "authorization_code", "client_credentials", o.client_credentials);
       }},
      {"authorize_url", text<&Declaration::authorize_url, kMaxUrlText>},
      {"token_url", text<&Declaration::token_url, kMaxUrlText>},
      {"revoke_url", text<&Declaration::revoke_url, kMaxUrlText>},
      {"scopes", [](SectionReader& r, const std::string& f,
                    Declaration& o) { return r.texts(f, 100, 256, o.scopes); }},
      {"client_id", text<&Declaration::client_id, kMaxText>},
      {"client_secret", text<&Declaration::client_secret, kMaxText>},
      {"scope_of", [](SectionReader& r, const std::string& f,
                      Declaration& o) { return r.word(f, "account", "user", o.user_scope); }},
      {"audience", text<&Declaration::audience, kMaxText>},
      {"client_auth", [](SectionReader& r, const std::string& f,
                         Declaration& o) { return r.word(f, "basic", "body", o.client_in_body); }},
      {"extra", extra},
      {"hosts", [](SectionReader& r, const std::string& f,
                   Declaration& o) { return read_hosts(r, f, kMaxSecretHosts, o.hosts); }},
  }};
  return reader.object<Declaration>(field, kFields, out);
}

std::string_view missing(const Declaration& declared) {
  if (declared.token_url.text.empty()) return "token_url";
  if (declared.client_id.text.empty()) return "client_id";
  if (declared.client_credentials) {
    return declared.client_secret.text.empty() ? "client_secret" : "";
  }
  return declared.authorize_url.text.empty() ? "authorize_url" : "";
}

}  // namespace

Result<void> read_oauth(SectionReader& reader, std::vector<OAuthDeclaration>& out) {
  return reader.members(
      "oauth", kMaxOAuthProviders,
      [&](const std::string& field, const std::string& name, std::uint32_t line) -> Result<void> {
        if (auto named = check_event_name("the provider name in oauth", name); !named) {
          return reader.refuse_at(line, named.error().message);
        }
        Declaration& made = out.emplace_back();
        made.name = name;
        made.line = line;
        if (auto read = read_provider(reader, field, made); !read) return read;
        const std::string_view lacks = missing(made);
        if (lacks.empty()) return {};
        return reader.refuse_at(line, fmt::format("{}.{} is missing", field, lacks));
      });
}

}  // namespace sublet::policy
