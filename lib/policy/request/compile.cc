// SPDX-License-Identifier: Apache-2.0
#include "policy/request/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/http_names.h"
#include "policy/manifest.h"
#include "policy/names.h"
#include "policy/request/compiler.h"
#include "policy/request/escape.h"
#include "policy/request/parameters.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {
namespace {

// What the connection is about, and what the transport itself writes.
constexpr std::array<std::string_view, 18> kTransportHeaders = {"host",
                                                                "content-length",
                                                                "transfer-encoding",
                                                                "connection",
                                                                "keep-alive",
                                                                "proxy-connection",
                                                                "proxy-authorization",
                                                                "proxy-authenticate",
                                                                "te",
                                                                "trailer",
                                                                "upgrade",
                                                                "expect",
                                                                "http2-settings",
                                                                "accept-encoding",
                                                                "via",
                                                                "traceparent",
                                                                "tracestate",
                                                                "alt-used"};

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

// RFC 3986's pchar.
bool is_segment_text(std::string_view text) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (letter || kOthers.find(c) != std::string_view::npos) continue;
    if (c != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) {
      return false;
    }
    i += 2;
  }
  return true;
}

bool is_host_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
           c == '.' || c == '_';
  });
}

// An IPv6 address in its brackets; whether it is one, the egress policy sees.
bool is_bracketed(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view inner = text.substr(1, text.size() - 2);
  return std::all_of(inner.begin(), inner.end(),
                     [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

}  // namespace

Error RequestCompiler::refuse(std::uint32_t line, std::string_view field,
                              std::string_view what) const {
  return {ErrorCode::kInvalidArgument,
          fmt::format("{}:{}: {}: {}", kManifestFile, line, field, what)};
}

std::string RequestCompiler::field(std::string_view name) const {
  return fmt::format("requests.{}.{}", declared_.name, name);
}

Result<CompiledRequest> RequestCompiler::run() {
  made_.name = declared_.name;
  made_.https = declared_.https;
  made_.options = declared_.options;
  using Step = Result<void> (RequestCompiler::*)();
  for (const Step step :
       {&RequestCompiler::method, &RequestCompiler::host, &RequestCompiler::path,
        &RequestCompiler::query, &RequestCompiler::headers, &RequestCompiler::body}) {
    if (auto done = (this->*step)(); !done) return done.error();
  }
  if (auto done = options(); !done) return done.error();
  return std::move(made_);
}

Result<void> RequestCompiler::text(const LocatedText& source, const std::string& field,
                                   Position position, TextTemplate& out) {
  out.field = field;
  auto pieces = parse_pieces(source.text);
  if (!pieces) return refuse(source.line, field, pieces.error().message);
  out.pieces = std::move(*pieces);
  for (Piece& piece : out.pieces) {
    piece.position = position;
    if (piece.is_literal()) continue;
    if (auto checked = check_piece(piece); !checked) {
      return refuse(source.line, field, checked.error().message);
    }
  }
  return {};
}

const ParameterDeclaration* RequestCompiler::parameter(const std::string& name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == parameters_.end() ? nullptr : &*found;
}

std::size_t RequestCompiler::slot_of(const std::vector<std::string>& path) {
  auto& paths = made_.context_paths;
  const auto found = std::find(paths.begin(), paths.end(), path);
  if (found != paths.end()) return static_cast<std::size_t>(found - paths.begin());
  paths.push_back(path);
  return paths.size() - 1;
}

Result<void> RequestCompiler::check_piece(Piece& piece) {
  if (++substitutions_ > kMaxSubstitutions) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("the request has more than {} substitutions", kMaxSubstitutions)};
  }
  if (piece.position == Position::kHost && piece.encoded) {
    return Error{ErrorCode::kInvalidArgument, "encode() may not be in a host"};
  }
  for (Term& term : piece.terms) {
    if (auto checked = check_term(term, piece.position); !checked) return checked;
  }
  return {};
}

Result<void> RequestCompiler::check_term(Term& term, Position position) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} {}", term.to_string(), what)};
  };
  if (term.kind == Term::Kind::kLiteral) return {};
  if (term.kind == Term::Kind::kParameter || term.kind == Term::Kind::kSecret) {
    const ParameterDeclaration* known = parameter(term.text);
    if (known == nullptr) return wrong("is not declared in parameters");
    if (known->secret != term.is_secret()) {
      return wrong(known->secret ? "is a secret; write secret." + term.text
                                 : "is no secret; write param." + term.text);
    }
  }
  if (position == Position::kHost) {
    if (auto checked = check_host_term(term); !checked) return checked;
  }
  if (term.is_secret() && position == Position::kPathSegment && !declared_.options.secret_in_path) {
    return wrong(
        "may not be in a path, which services write into their logs, unless "
        "options.secret_in_path is true");
  }
  if (term.kind == Term::Kind::kContext) term.slot = slot_of(term.path);
  if (term.kind == Term::Kind::kSecret) {
    auto& names = made_.secrets;
    if (std::find(names.begin(), names.end(), term.text) == names.end()) {
      names.push_back(term.text);
    }
  }
  if (term.kind != Term::Kind::kAccessToken) return {};
  made_.uses_access_token = true;
  if (declared_.options.oauth.empty()) return wrong("needs options.oauth, the name of a provider");
  return {};
}

Result<void> RequestCompiler::check_host_term(const Term& term) const {
  const ParameterDeclaration* known =
      term.kind == Term::Kind::kParameter ? parameter(term.text) : nullptr;
  if (known != nullptr && known->type == ParameterType::kDomain) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} may not be in a host: only literal text and parameters of type "
                           "\"domain\" may",
                           term.to_string())};
}

Result<void> RequestCompiler::method() {
  const std::string& method = declared_.method.text;
  made_.method = method;
  if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) return {};
  return refuse(declared_.method.line, field("method"),
                in_quotes(method) + " must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS");
}

// Takes a port off the end of the host's last literal.
Result<void> RequestCompiler::host_port(const LocatedText& source, std::string& literal) {
  const std::size_t bracket = literal.rfind(']');
  const std::size_t colon = literal.rfind(':');
  if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket)) return {};
  const std::string_view digits = std::string_view(literal).substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return refuse(source.line, field("host"),
                  in_quotes(digits) + " is no port: a number between 1 and 65535");
  }
  made_.port = port;
  literal.resize(colon);
  return {};
}

Result<void> RequestCompiler::host() {
  const LocatedText& source = declared_.host;
  if (auto read = text(source, field("host"), Position::kHost, made_.host); !read) return read;
  std::vector<Piece>& pieces = made_.host.pieces;
  if (!pieces.empty() && pieces.back().is_literal()) {
    if (auto read = host_port(source, pieces.back().literal); !read) return read;
    if (pieces.back().literal.empty()) pieces.pop_back();
  }
  if (pieces.empty()) return refuse(source.line, field("host"), "is empty");
  const bool bracketed = pieces.size() == 1 && is_bracketed(pieces[0].literal);
  for (Piece& piece : pieces) {
    if (!piece.is_literal()) continue;
    if (!bracketed && !is_host_text(piece.literal)) {
      return refuse(source.line, field("host"),
                    in_quotes(piece.literal) +
                        " may only have A-Z a-z 0-9 - _ and dots, and a port at the end; the "
                        "scheme is in protocol, the rest in path");
    }
    piece.literal = base::lower_case(piece.literal);
  }
  return {};
}

Result<void> RequestCompiler::check_path_literal(std::string_view segment) const {
  const std::uint32_t line = declared_.path.line;
  if (is_segment_text(segment)) return {};
  if (segment.find_first_of("?#") != std::string_view::npos) {
    return refuse(line, field("path"), "has a \"?\" or \"#\"; what is asked for goes into query");
  }
  return refuse(line, field("path"),
                in_quotes(segment) + " has characters that a path writes as %XX");
}

Result<void> RequestCompiler::path() {
  TextTemplate whole;
  made_.path_field = field("path");
  const std::uint32_t line = declared_.path.line;
  if (auto read = text(declared_.path, made_.path_field, Position::kPathSegment, whole); !read) {
    return read;
  }
  if (whole.pieces.empty() || !whole.pieces.front().literal.starts_with('/')) {
    return refuse(line, made_.path_field, "must begin with \"/\"");
  }
  for (Piece& piece : whole.pieces) {
    std::string_view rest = piece.literal;
    for (std::size_t slash; (slash = rest.find('/')) != std::string_view::npos;) {
      if (slash > 0) made_.segments.back().pieces.emplace_back().literal = rest.substr(0, slash);
      made_.segments.push_back({made_.path_field, {}});
      rest.remove_prefix(slash + 1);
    }
    if (!piece.is_literal()) made_.segments.back().pieces.push_back(std::move(piece));
    if (!rest.empty()) made_.segments.back().pieces.emplace_back().literal = rest;
  }
  for (const TextTemplate& segment : made_.segments) {
    if (segment.pieces.empty() && &segment != &made_.segments.back()) {
      return refuse(line, made_.path_field, "has an empty segment");
    }
    for (const Piece& piece : segment.pieces) {
      if (auto checked = check_path_literal(piece.literal); !checked) return checked;
    }
    const bool literal = segment.pieces.size() == 1 && segment.pieces[0].is_literal();
    if (literal && is_dot_segment(segment.pieces[0].literal)) {
      return refuse(line, made_.path_field, "has a segment \".\" or \"..\"");
    }
  }
  return {};
}

Result<void> RequestCompiler::query() {
  for (const NamedText& one : declared_.query) {
    NamedTemplate& made = made_.query.emplace_back();
    const std::string where = field("query.") + shown(one.name);
    if (one.name.find("<%") != std::string::npos) {
      return refuse(one.value.line, field("query"), "a name may have no substitution");
    }
    append_percent_encoded(made.name, one.name);
    if (auto read = text(one.value, where, Position::kQuery, made.value); !read) return read;
  }
  return {};
}

Result<void> RequestCompiler::check_header_name(const NamedText& header,
                                                const std::string& field) const {
  if (!base::is_http_token(header.name)) {
    return refuse(header.value.line, field, in_quotes(header.name) + " is no name of a header");
  }
  const std::string name = base::lower_case(header.name);
  const auto& owned = kTransportHeaders;
  if (std::find(owned.begin(), owned.end(), name) == owned.end()) return {};
  return refuse(header.value.line, field, header.name + " is written by the transport itself");
}

Result<void> RequestCompiler::headers() {
  std::set<std::string> seen;
  for (const NamedText& one : declared_.headers) {
    if (auto checked = check_header_name(one, field("headers")); !checked) return checked;
    const std::string where = field("headers.") + one.name;
    if (!seen.insert(base::lower_case(one.name)).second) {
      return refuse(one.value.line, where, "is given twice; names of headers have no case");
    }
    NamedTemplate& made = made_.headers.emplace_back(NamedTemplate{one.name, {}});
    if (auto read = text(one.value, where, Position::kHeader, made.value); !read) return read;
    for (const Piece& piece : made.value.pieces) {
      if (is_header_text(piece.literal)) continue;
      return refuse(one.value.line, where, "may only have printable ASCII characters");
    }
  }
  return {};
}

Result<void> RequestCompiler::options() const {
  if (declared_.options.oauth.empty() || made_.uses_access_token) return {};
  return refuse(declared_.line, field("options.oauth"),
                "is given, but no text of the request has <%= access_token %>");
}

Result<CompiledRequest> compile_request(const RequestDeclaration& declared,
                                        std::span<const ParameterDeclaration> parameters) {
  return RequestCompiler(declared, parameters).run();
}

}  // namespace sublet::policy
