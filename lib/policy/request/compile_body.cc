// SPDX-License-Identifier: Apache-2.0
// The body of a request template.
#include <fmt/format.h>

#include <utility>

#include "base/ascii.h"
#include "base/json_scan.h"
#include "policy/names.h"
#include "policy/request/compiler.h"
#include "policy/request/escape.h"

namespace sublet::policy {
namespace {

using base::JsonCursor;
using base::JsonKind;

BodyKind kind_of(std::string_view content_type) {
  std::string type = base::lower_case(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  if (type == "application/json" || type.ends_with("+json")) return BodyKind::kJson;
  if (type == "application/x-www-form-urlencoded") return BodyKind::kForm;
  if (type == "text/plain") return BodyKind::kPlain;
  const bool xml = type == "application/xml" || type == "text/xml" || type.ends_with("+xml");
  return xml ? BodyKind::kXml : BodyKind::kOpaque;
}

Position position_in(BodyKind kind) {
  if (kind == BodyKind::kForm) return Position::kForm;
  return kind == BodyKind::kXml ? Position::kXml : Position::kPlain;
}

// Follows a JSON text through its literals, to know where a substitution stands.
class JsonPlace {
 public:
  void pass(std::string_view literal) {
    for (const char c : literal) {
      if (escaped_) {
        escaped_ = false;
      } else if (in_string_ && c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = !in_string_;
      }
    }
  }
  bool in_string() const { return in_string_; }
  bool after_backslash() const { return escaped_; }

 private:
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

Result<void> RequestCompiler::body_kind(const LocatedText& source) {
  for (const NamedTemplate& header : made_.headers) {
    if (base::lower_case(header.name) != "content-type") continue;
    const auto& pieces = header.value.pieces;
    if (pieces.size() != 1 || !pieces[0].is_literal()) {
      return refuse(source.line, header.value.field,
                    "must be a literal, since it says how the body is escaped");
    }
    made_.body_kind = kind_of(pieces[0].literal);
    return {};
  }
  if (declared_.body && declared_.body_is_text) {
    return refuse(source.line, field("body"),
                  "is a text; headers needs a Content-Type that says of what kind");
  }
  made_.body_kind = BodyKind::kJson;
  return {};
}

Result<void> RequestCompiler::body() {
  const std::string where = field("body");
  const bool may_have_one = made_.method != "GET" && made_.method != "HEAD";
  if (!declared_.body) {
    // One may be given at run time.
    if (may_have_one) return body_kind({"", declared_.line});
    return {};
  }
  const LocatedText& source = *declared_.body;
  if (!may_have_one) return refuse(source.line, where, "may not be there with GET or HEAD");
  if (auto known = body_kind(source); !known) return known;
  made_.has_body = true;
  made_.body.field = where;
  const BodyKind kind = made_.body_kind;
  if (!declared_.body_is_text) {
    if (kind == BodyKind::kJson) return json_value(source);
    if (kind == BodyKind::kForm) return form_object(source);
    return refuse(source.line, where, "must be a text, as the Content-Type is no JSON");
  }
  if (kind == BodyKind::kJson) return json_text(source);
  if (auto read = text(source, where, position_in(kind), made_.body); !read) return read;
  auto& pieces = made_.body.pieces;
  for (Piece& piece : pieces) {
    if (piece.is_literal()) piece.position = Position::kPlain;
  }
  const bool literal = pieces.empty() || (pieces.size() == 1 && pieces[0].is_literal());
  if (kind != BodyKind::kOpaque || literal) return {};
  return refuse(source.line, where,
                "may have no substitution: how to escape one in this Content-Type is not known");
}

void RequestCompiler::literal(std::string_view text) {
  std::vector<Piece>& pieces = made_.body.pieces;
  if (pieces.empty() || !pieces.back().is_literal()) pieces.emplace_back();
  pieces.back().literal += text;
}

Result<void> RequestCompiler::json_value(const LocatedText& source) {
  JsonCursor cursor(source.text);
  return json_element(cursor, source);
}

Result<void> RequestCompiler::json_members(JsonCursor& cursor, const LocatedText& source) {
  const bool object = cursor.kind() == JsonKind::kObject;
  JsonCursor::Member member;
  literal(object ? "{" : "[");
  cursor.enter();
  for (bool first = true; object ? cursor.next_member(member) : cursor.next_element();
       first = false) {
    if (!first) literal(",");
    if (object) {
      if (member.key.find("<%") != std::string::npos) {
        return refuse(source.line, made_.body.field, "a name may have no substitution");
      }
      std::string key;
      append_json_escaped(key, member.key);
      literal("\"" + key + "\":");
    }
    if (auto done = json_element(cursor, source); !done) return done;
  }
  literal(object ? "}" : "]");
  return {};
}

// Recursion is as deep as a manifest may be nested.
Result<void> RequestCompiler::json_element(JsonCursor& cursor, const LocatedText& source) {
  const JsonKind kind = cursor.kind();
  if (kind == JsonKind::kObject || kind == JsonKind::kArray) return json_members(cursor, source);
  if (kind != JsonKind::kString) {
    literal(cursor.raw());
    return {};
  }
  const std::uint32_t line =
      source.line + base::text_position(source.text, cursor.offset()).line - 1;
  TextTemplate made;
  const LocatedText inner{cursor.string(), line};
  if (auto read = text(inner, made_.body.field, Position::kJsonString, made); !read) return read;
  if (is_one_substitution(made.pieces)) {
    made.pieces.front().position = Position::kJsonValue;
    made_.body.pieces.push_back(std::move(made.pieces.front()));
    return {};
  }
  literal("\"");
  for (Piece& piece : made.pieces) {
    if (piece.is_literal()) {
      std::string escaped;
      append_json_escaped(escaped, piece.literal);
      literal(escaped);
    } else {
      made_.body.pieces.push_back(std::move(piece));
    }
  }
  literal("\"");
  return {};
}

Result<void> RequestCompiler::json_text(const LocatedText& source) {
  const std::string& where = made_.body.field;
  if (auto read = text(source, field("body"), Position::kJsonString, made_.body); !read) {
    return read;
  }
  JsonPlace place;
  std::string example;
  for (Piece& piece : made_.body.pieces) {
    if (piece.is_literal()) {
      place.pass(piece.literal);
      example += piece.literal;
      continue;
    }
    if (place.after_backslash()) {
      return refuse(source.line, where, "has a substitution after a backslash");
    }
    if (place.in_string()) continue;
    piece.position = Position::kJsonValue;
    // Nothing may touch it: "1null" is no JSON, as "1" and a number would be.
    example += "null";
  }
  if (base::scan_json(example, kMaxBodyDepth).ok()) return {};
  return refuse(source.line, where,
                "is no JSON, or a substitution outside of a string is no whole value");
}

Result<void> RequestCompiler::form_object(const LocatedText& source) {
  const std::string& where = made_.body.field;
  JsonCursor cursor(source.text);
  if (cursor.kind() != JsonKind::kObject) {
    return refuse(source.line, where, "must be a text or an object, as it is a form");
  }
  JsonCursor::Member member;
  cursor.enter();
  while (cursor.next_member(member)) {
    const JsonKind kind = cursor.kind();
    const bool is_text = kind == JsonKind::kString;
    if (kind == JsonKind::kObject || kind == JsonKind::kArray || kind == JsonKind::kNull) {
      return refuse(source.line, where, "a field of a form must be a text, a number or a boolean");
    }
    const std::uint32_t line =
        source.line + base::text_position(source.text, cursor.offset()).line - 1;
    const LocatedText inner{is_text ? cursor.string() : std::string(cursor.raw()), line};
    NamedTemplate& made = made_.form.emplace_back();
    append_form_encoded(made.name, member.key);
    if (auto read = text(inner, where, Position::kForm, made.value); !read) return read;
  }
  return {};
}

}  // namespace sublet::policy
