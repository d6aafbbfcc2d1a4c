// SPDX-License-Identifier: Apache-2.0
// From pieces and values to text, escaped by position.
#include <fmt/format.h>

#include <utility>

#include "base/base64.h"
#include "base/utf8.h"
#include "policy/request/escape.h"
#include "policy/request/renderer.h"

namespace sublet::policy {
namespace {

using base::JsonKind;

bool is_composite(const Value& value) {
  return value.kind == JsonKind::kObject || value.kind == JsonKind::kArray;
}

// Servers that decode "%2F" before they resolve ".." would climb.
bool climbs(std::string_view text) {
  for (;;) {
    const std::size_t end = text.find_first_of("/\\");
    if (is_dot_segment(text.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

// What XML 1.0 has no way to write.
bool has_xml_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return true;
  }
  return false;
}

}  // namespace

bool Renderer::text(const TextTemplate& source, Place place, std::string& out) {
  // What is more is refused later, with its own message; this bounds what is built until then.
  const std::size_t most = input_.max_body_bytes + kMaxUrlBytes + 64 * kMaxHeaderBytes;
  for (const Piece& one : source.pieces) {
    const std::size_t before = out.size();
    if (!piece(source, one, place, out)) return false;
    rendered_ += out.size() - before;
    if (rendered_ > most) return fail_too_large(source.field);
  }
  return true;
}

bool Renderer::named(const NamedTemplate& source, Place place, std::optional<std::string>& out) {
  const auto& pieces = source.value.pieces;
  if (is_one_substitution(pieces) && !pieces[0].encoded) {
    const Term& term = pieces[0].terms[0];
    const bool is_context = term.kind == Term::Kind::kContext && context_[term.slot];
    if (is_context && context_[term.slot]->kind == JsonKind::kNull) return true;
  }
  return text(source.value, place, out.emplace());
}

bool Renderer::piece(const TextTemplate& source, const Piece& piece, Place place,
                     std::string& out) {
  if (!piece.is_literal()) {
    Value value;
    const Term& term = piece.terms[0];
    const bool known =
        piece.encoded ? encoded(source, piece, place, value) : value_of(source, term, place, value);
    return known && append(source, term, piece.position, value, out);
  }
  // The others are written as they are to be sent.
  if (piece.position == Position::kQuery) {
    append_percent_encoded(out, piece.literal);
  } else if (piece.position == Position::kForm) {
    append_form_encoded(out, piece.literal);
  } else {
    out += piece.literal;
  }
  return true;
}

void Renderer::used(std::string name, std::string_view value, Place place) {
  outcome_.request.secrets.push_back(
      {std::move(name), std::string(value), place.place, std::string(place.detail)});
}

bool Renderer::value_of(const TextTemplate& source, const Term& term, Place place, Value& out) {
  switch (term.kind) {
    case Term::Kind::kLiteral:
      out = {JsonKind::kString, term.text};
      return true;
    case Term::Kind::kContext:
      if (context_[term.slot]) {
        out = *context_[term.slot];
        return true;
      }
      return fail(RenderFault::kMissingContext, source.field, term.to_string() + " is not given");
    case Term::Kind::kParameter:
      return parameter(source, term, out);
    case Term::Kind::kSecret: {
      auto secret = input_.secret ? input_.secret(term.text) : std::nullopt;
      if (!secret) {
        return fail(RenderFault::kMissingParameter, source.field,
                    term.to_string() + " has no value");
      }
      out = {JsonKind::kString, std::move(*secret)};
      break;
    }
    case Term::Kind::kAccessToken:
      if (!input_.access_token) {
        return fail(RenderFault::kMissingAccessToken, source.field, "there is no access token");
      }
      out = {JsonKind::kString, std::string(*input_.access_token)};
      break;
  }
  used(term.to_string(), out.text, place);
  return true;
}

bool Renderer::parameter(const TextTemplate& source, const Term& term, Value& out) {
  if (input_.parameters != nullptr) {
    const auto found = input_.parameters->find(term.text);
    if (found != input_.parameters->end() && !found->second.secret) {
      out = {found->second.kind, found->second.text};
      return true;
    }
  }
  return fail(RenderFault::kMissingParameter, source.field, term.to_string() + " has no value");
}

bool Renderer::encoded(const TextTemplate& source, const Piece& piece, Place place, Value& out) {
  std::string whole;
  bool secret = false;
  for (const Term& term : piece.terms) {
    Value value;
    if (!value_of(source, term, place, value)) return false;
    if (is_composite(value)) {
      return fail(RenderFault::kBadContext, source.field,
                  term.to_string() + " is an object or array; encode() takes texts");
    }
    if (value.kind != JsonKind::kNull) whole += value.text;
    secret = secret || term.is_secret();
  }
  out = {JsonKind::kString, base::encode_base64(whole)};
  if (secret) used("encode(...)", out.text, place);
  return true;
}

bool Renderer::append(const TextTemplate& source, const Term& term, Position position,
                      const Value& value, std::string& out) {
  const bool in_json = position == Position::kJsonValue || position == Position::kJsonString;
  if (in_json && value.kind == JsonKind::kString && !base::is_utf8(value.text)) {
    return fail(RenderFault::kBodyInvalid, source.field, term.to_string() + " is not UTF-8");
  }
  if (position == Position::kJsonValue) return append_json_value(value, out);
  if (is_composite(value)) {
    return fail(RenderFault::kBadContext, source.field,
                term.to_string() + " is an object or array; only a whole value in JSON may be one");
  }
  const std::string_view text = value.kind == JsonKind::kNull ? "" : std::string_view(value.text);
  switch (position) {
    case Position::kPathSegment:
      return append_segment(source, term, value, out);
    case Position::kHeader:
      return append_header(source, term, {value.kind, std::string(text)}, out);
    case Position::kQuery:
      append_percent_encoded(out, text);
      return true;
    case Position::kForm:
      append_form_encoded(out, text);
      return true;
    case Position::kJsonString:
      append_json_escaped(out, text);
      return true;
    case Position::kXml:
      if (has_xml_control(text) || !base::is_utf8(text)) {
        return fail(RenderFault::kBodyInvalid, source.field,
                    term.to_string() + " has a character that XML cannot write");
      }
      append_xml_escaped(out, text);
      return true;
    default:
      out += text;
      return true;
  }
}

bool Renderer::append_json_value(const Value& value, std::string& out) {
  if (value.kind != JsonKind::kString) {
    out += value.text;
    return true;
  }
  out += '"';
  append_json_escaped(out, value.text);
  out += '"';
  return true;
}

bool Renderer::append_segment(const TextTemplate& source, const Term& term, const Value& value,
                              std::string& out) {
  if (value.kind == JsonKind::kNull) {
    return fail(RenderFault::kMissingContext, source.field,
                term.to_string() + " is null, which a path cannot say");
  }
  if (has_control(value.text) || climbs(value.text)) {
    return fail(RenderFault::kUrlRefused, source.field,
                term.to_string() + " has \".\" or \"..\" as a segment, or a control character");
  }
  append_percent_encoded(out, value.text);
  return true;
}

bool Renderer::append_header(const TextTemplate& source, const Term& term, const Value& value,
                             std::string& out) {
  if (!is_header_text(value.text)) {
    return fail(RenderFault::kHeaderInjection, source.field,
                term.to_string() + " has a control character, or one that is not ASCII");
  }
  out += value.text;
  return true;
}

}  // namespace sublet::policy
