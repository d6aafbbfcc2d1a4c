// SPDX-License-Identifier: Apache-2.0
#include "policy/request/oauth_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "policy/manifest.h"
#include "policy/request/escape.h"
#include "policy/request/expression.h"

namespace sublet::policy {
namespace {

Error wrong(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

// Follows a URL through its pieces, to know where its host ends.
class UrlPlace {
 public:
  bool in_host() const {
    const std::size_t scheme = passed_.find("://");
    return scheme != std::string::npos &&
           passed_.find_first_of("/?#", scheme + 3) == std::string::npos;
  }
  void pass(std::string_view text) { passed_ += text; }
  const std::string& passed() const { return passed_; }

 private:
  std::string passed_;
};

const ParameterDeclaration* find(std::span<const ParameterDeclaration> parameters,
                                 const std::string& name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

Result<void> check_piece(const Piece& piece, std::span<const ParameterDeclaration> parameters,
                         bool may_be_secret) {
  const Term& term = piece.terms.front();
  const bool known = term.kind == Term::Kind::kParameter || term.kind == Term::Kind::kSecret;
  if (!known || piece.encoded) {
    return wrong("only param.NAME and secret.NAME may be here");
  }
  const ParameterDeclaration* declared = find(parameters, term.text);
  if (declared == nullptr) return wrong(term.to_string() + " is not declared in parameters");
  if (declared->secret != term.is_secret()) {
    const std::string_view instead =
        declared->secret ? " is a secret; write secret." : " is no secret; write param.";
    return wrong(term.to_string() + std::string(instead) + term.text);
  }
  if (term.is_secret() && !may_be_secret) return wrong(term.to_string() + " may not be here");
  return {};
}

Result<void> check_text(std::string_view text, std::span<const ParameterDeclaration> parameters,
                        bool may_be_secret) {
  const auto pieces = parse_pieces(text);
  if (!pieces) return pieces.error();
  for (const Piece& piece : *pieces) {
    if (piece.is_literal()) continue;
    if (auto checked = check_piece(piece, parameters, may_be_secret); !checked) return checked;
  }
  return {};
}

Result<void> check_url(std::string_view text, std::span<const ParameterDeclaration> parameters) {
  if (text.empty()) return {};
  if (auto checked = check_text(text, parameters, false); !checked) return checked;
  UrlPlace place;
  const auto pieces = parse_pieces(text);
  for (const Piece& piece : *pieces) {
    if (piece.is_literal()) {
      place.pass(piece.literal);
      continue;
    }
    const Term& term = piece.terms.front();
    const bool domain = find(parameters, term.text)->type == ParameterType::kDomain;
    if (place.passed().empty() || (place.in_host() && !domain)) {
      return wrong(term.to_string() +
                   " may not be in a host: only a parameter of type \"domain\" "
                   "may");
    }
    place.pass("x");
  }
  if (is_web_url(place.passed())) return {};
  return wrong("must be a URL like \"https://example.com/oauth/token\"");
}

Result<std::string> value_of(const Term& term, const ParameterValues& parameters,
                             const SecretLookup& secret) {
  if (term.is_secret()) {
    auto value = secret ? secret(term.text) : std::nullopt;
    if (value) return std::move(*value);
  } else {
    const auto found = parameters.find(term.text);
    if (found != parameters.end() && !found->second.secret) return found->second.text;
  }
  return wrong(term.to_string() + " has no value");
}

}  // namespace

Result<void> check_oauth(const OAuthDeclaration& provider,
                         std::span<const ParameterDeclaration> parameters) {
  Result<void> checked;
  const auto keep = [&](const std::string& name, const LocatedText& text, Result<void> result) {
    if (!checked || result) return;
    checked = wrong(fmt::format("{}:{}: oauth.{}.{}: {}", kManifestFile, text.line, provider.name,
                                name, result.error().message));
  };
  keep("authorize_url", provider.authorize_url, check_url(provider.authorize_url.text, parameters));
  keep("token_url", provider.token_url, check_url(provider.token_url.text, parameters));
  keep("revoke_url", provider.revoke_url, check_url(provider.revoke_url.text, parameters));
  keep("client_id", provider.client_id, check_text(provider.client_id.text, parameters, true));
  keep("client_secret", provider.client_secret,
       check_text(provider.client_secret.text, parameters, true));
  keep("audience", provider.audience, check_text(provider.audience.text, parameters, false));
  for (const NamedText& extra : provider.extra) {
    keep("extra", extra.value, check_text(extra.value.text, parameters, true));
  }
  return checked;
}

Result<std::string> render_oauth_text(const LocatedText& text, const ParameterValues& parameters,
                                      const SecretLookup& secret) {
  const auto pieces = parse_pieces(text.text);
  if (!pieces) return pieces.error();
  std::string out;
  for (const Piece& piece : *pieces) {
    out += piece.literal;
    for (const Term& term : piece.terms) {
      auto value = value_of(term, parameters, secret);
      if (!value) return value.error();
      out += *value;
    }
  }
  return out;
}

Result<std::string> render_oauth_url(const LocatedText& text, const ParameterValues& parameters) {
  const auto pieces = parse_pieces(text.text);
  if (!pieces) return pieces.error();
  UrlPlace place;
  for (const Piece& piece : *pieces) {
    place.pass(piece.literal);
    for (const Term& term : piece.terms) {
      auto value = value_of(term, parameters, {});
      if (!value) return value.error();
      if (place.in_host() && !is_domain(*value)) return wrong(term.to_string() + " is no domain");
      if (is_dot_segment(*value)) return wrong(term.to_string() + " may not be \".\" or \"..\"");
      std::string encoded;
      append_percent_encoded(encoded, *value);
      place.pass(encoded);
    }
  }
  if (place.passed().empty() || is_web_url(place.passed())) return place.passed();
  return wrong("is no URL once its parameters are in it");
}

}  // namespace sublet::policy
