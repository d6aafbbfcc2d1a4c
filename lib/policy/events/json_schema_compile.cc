// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "policy/events/json_schema.h"
#include "policy/events/json_schema_parts.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

using base::JsonKind;
using Place = JsonTree::Place;

constexpr std::array<std::string_view, 7> kTypeNames = {"null",   "boolean", "integer", "number",
                                                        "string", "array",   "object"};
constexpr std::array<std::string_view, 6> kAnnotations = {"title",    "description", "default",
                                                          "examples", "$schema",     "$comment"};
constexpr std::array<std::string_view, 4> kFormats = {"date-time", "email", "uuid", "uri"};

template <typename Names>
std::size_t place_of(const Names& names, std::string_view name) {
  std::size_t at = 0;
  while (at < names.size() && names[at] != name) ++at;
  return at;
}

// Where a keyword of a kind goes.
template <typename Member>
struct Keyword {
  std::string_view name;
  Member SchemaPart::*member;
};
template <typename Member, std::size_t kCount>
Member SchemaPart::*member_of(const Keyword<Member> (&table)[kCount], std::string_view name) {
  for (const Keyword<Member>& keyword : table) {
    if (keyword.name == name) return keyword.member;
  }
  return nullptr;
}

constexpr Keyword<std::optional<double>> kNumbers[] = {
    {"minimum", &SchemaPart::minimum},
    {"maximum", &SchemaPart::maximum},
    {"exclusiveMinimum", &SchemaPart::exclusive_minimum},
    {"exclusiveMaximum", &SchemaPart::exclusive_maximum},
    {"multipleOf", &SchemaPart::multiple_of}};
constexpr Keyword<std::optional<std::uint64_t>> kCounts[] = {
    {"minLength", &SchemaPart::min_length},         {"maxLength", &SchemaPart::max_length},
    {"minItems", &SchemaPart::min_items},           {"maxItems", &SchemaPart::max_items},
    {"minProperties", &SchemaPart::min_properties}, {"maxProperties", &SchemaPart::max_properties}};
constexpr Keyword<std::vector<SchemaId>> kLists[] = {{"anyOf", &SchemaPart::any_of},
                                                     {"oneOf", &SchemaPart::one_of},
                                                     {"allOf", &SchemaPart::all_of},
                                                     {"prefixItems", &SchemaPart::prefix_items}};
constexpr Keyword<SchemaId> kSchemas[] = {
    {"items", &SchemaPart::items},
    {"additionalProperties", &SchemaPart::additional_properties},
    {"not", &SchemaPart::not_of}};

// A step of a JSON pointer, RFC 6901.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

// The same, as a message may show it.
std::string step(std::string_view name) {
  const std::string quoted = in_quotes(name);
  return "/" + escaped(std::string_view(quoted).substr(1, quoted.size() - 2));
}

// Thread safety: none; a local variable.
class Compiler {
 public:
  explicit Compiler(const JsonTree& tree) : tree_(tree) {}

  Result<SchemaParts> run() {
    schema(0, "#", 0);
    if (!error_) resolve();
    if (!error_) {
      const SchemaId endless = find_endless(parts_);
      if (endless != kNoSchema) fail(places_[endless], "leads back to itself: $ref in a circle");
    }
    if (error_) return *error_;
    return std::move(parts_);
  }

 private:
  // A keyword's value, and where it stands.
  struct At {
    Place value;
    std::string place;
    std::uint32_t depth;  // of the schema that it is in
  };

  bool fail(const std::string& place, std::string_view what) {
    if (!error_) error_ = Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", place, what)};
    return false;
  }
  bool expect(const At& at, JsonKind kind, std::string_view what) {
    return tree_.kind(at.value) == kind || fail(at.place, what);
  }

  SchemaId schema(Place value, const std::string& place, std::uint32_t depth) {
    const auto id = static_cast<SchemaId>(parts_.all.size());
    if (id >= kMaxSchemaParts) fail(place, "is one schema too many");
    if (depth > kMaxSchemaDepth) fail(place, "is nested too deep");
    parts_.all.emplace_back();
    places_.push_back(place);
    if (error_) return id;
    if (tree_.kind(value) == JsonKind::kBoolean) {
      parts_.all[id].nothing = !tree_.boolean(value);
      return id;
    }
    if (!expect({value, place, depth}, JsonKind::kObject, "must be an object or a boolean")) {
      return id;
    }
    SchemaPart part;
    for (const auto& [name, in] : tree_.members(value)) {
      if (!keyword(name, {in, place + step(name), depth}, part)) return id;
    }
    parts_.all[id] = std::move(part);
    return id;
  }

  bool keyword(const std::string& name, const At& at, SchemaPart& part) {
    if (const auto member = member_of(kNumbers, name)) return number(name, at, part.*member);
    if (const auto member = member_of(kCounts, name)) return count(at, part.*member);
    if (const auto member = member_of(kLists, name)) return list(at, part.*member);
    if (const auto member = member_of(kSchemas, name)) {
      part.*member = schema(at.value, at.place, at.depth + 1);
      return !error_;
    }
    if (name == "type") return types(at, part);
    if (name == "properties") return schemas(at, part.properties);
    if (name == "required") return required(at, part);
    if (name == "enum") return values(at, part);
    if (name == "const") return canonical(at, at.value, part.constant.emplace());
    if (name == "pattern") return pattern(at, part);
    if (name == "uniqueItems") {
      part.unique_items = tree_.boolean(at.value);
      return expect(at, JsonKind::kBoolean, "must be a boolean");
    }
    if (name == "$ref") return reference(at, part);
    if (name == "$defs") {
      return at.place == "#/$defs" ? schemas(at, defs_)
                                   : fail(at.place, "is only supported in the outermost schema");
    }
    if (name == "format") return format(at);
    if (place_of(kAnnotations, name) < kAnnotations.size()) return true;
    return fail(at.place, "is not supported");
  }

  bool number(std::string_view name, const At& at, std::optional<double>& into) {
    if (!expect(at, JsonKind::kNumber, "must be a number")) return false;
    into = tree_.number(at.value);
    if (!std::isfinite(*into)) return fail(at.place, "is too large");
    return name != "multipleOf" || *into > 0 || fail(at.place, "must be more than 0");
  }

  bool count(const At& at, std::optional<std::uint64_t>& into) {
    constexpr double kMost = 9007199254740992.0;  // 2^53
    const double value = tree_.kind(at.value) == JsonKind::kNumber ? tree_.number(at.value) : -1;
    if (!(value >= 0 && value < kMost && std::trunc(value) == value)) {
      return fail(at.place, "must be a whole number, 0 or more");
    }
    into = static_cast<std::uint64_t>(value);
    return true;
  }

  bool list(const At& at, std::vector<SchemaId>& into) {
    if (tree_.kind(at.value) != JsonKind::kArray || tree_.size(at.value) == 0) {
      return fail(at.place, "must be an array of at least one schema");
    }
    for (Place in = at.value + 1; in < tree_.after(at.value); in = tree_.after(in)) {
      into.push_back(schema(in, fmt::format("{}/{}", at.place, into.size()), at.depth + 1));
      if (error_) return false;
    }
    return true;
  }

  bool schemas(const At& at, std::map<std::string, SchemaId>& into) {
    if (!expect(at, JsonKind::kObject, "must be an object")) return false;
    for (const auto& [name, in] : tree_.members(at.value)) {
      into[name] = schema(in, at.place + step(name), at.depth + 1);
      if (error_) return false;
    }
    return true;
  }

  bool types(const At& at, SchemaPart& part) {
    const bool one = tree_.kind(at.value) == JsonKind::kString;
    if (!one && (tree_.kind(at.value) != JsonKind::kArray || tree_.size(at.value) == 0)) {
      return fail(at.place, "must be the name of a type or an array of such names");
    }
    const Place end = tree_.after(at.value);
    for (Place in = one ? at.value : at.value + 1; in < end; in = tree_.after(in)) {
      const std::size_t type = tree_.kind(in) == JsonKind::kString
                                   ? place_of(kTypeNames, tree_.string(in))
                                   : kTypeNames.size();
      if (type == kTypeNames.size()) return fail(at.place, "names no type of JSON");
      part.types = static_cast<TypeSet>(part.types | (1u << type));
    }
    return true;
  }

  bool required(const At& at, SchemaPart& part) {
    if (!expect(at, JsonKind::kArray, "must be an array of names")) return false;
    for (Place in = at.value + 1; in < tree_.after(at.value); in = tree_.after(in)) {
      if (tree_.kind(in) != JsonKind::kString) return fail(at.place, "must be an array of names");
      part.required.push_back(tree_.string(in));
    }
    return true;
  }

  bool canonical(const At& at, Place value, std::string& into) {
    return tree_.append_canonical(value, kMaxSchemaDepth, into) ||
           fail(at.place, "is nested too deep");
  }

  bool values(const At& at, SchemaPart& part) {
    if (!expect(at, JsonKind::kArray, "must be an array")) return false;
    part.values.emplace();
    for (Place in = at.value + 1; in < tree_.after(at.value); in = tree_.after(in)) {
      std::string text;
      if (!canonical(at, in, text)) return false;
      part.values->insert(std::move(text));
    }
    return true;
  }

  bool pattern(const At& at, SchemaPart& part) {
    if (!expect(at, JsonKind::kString, "must be a string")) return false;
    Result<TextPattern> compiled = TextPattern::compile(tree_.string(at.value));
    if (!compiled) return fail(at.place, "is no pattern of RE2: " + compiled.error().message);
    part.pattern = std::move(compiled).value();
    return true;
  }

  bool format(const At& at) {
    if (!expect(at, JsonKind::kString, "must be a string")) return false;
    return place_of(kFormats, tree_.string(at.value)) < kFormats.size() ||
           fail(at.place, "is none of date-time, email, uuid and uri");
  }

  // Kept by the place in references_, until all is compiled.
  bool reference(const At& at, SchemaPart& part) {
    if (!expect(at, JsonKind::kString, "must be a string")) return false;
    part.reference = static_cast<SchemaId>(references_.size());
    references_.push_back({tree_.string(at.value), at.place});
    return true;
  }

  void resolve() {
    std::map<std::string, SchemaId, std::less<>> targets = {{"#", 0}};
    for (const auto& [name, id] : defs_) targets["#/$defs/" + escaped(name)] = id;
    for (SchemaPart& part : parts_.all) {
      if (part.reference == kNoSchema) continue;
      const auto& [target, place] = references_[part.reference];
      const auto found = targets.find(target);
      if (found == targets.end()) {
        fail(place, "leads nowhere: it must be \"#\" or \"#/$defs/...\" of this schema");
        return;
      }
      part.reference = found->second;
    }
  }

  const JsonTree& tree_;
  SchemaParts parts_;
  std::vector<std::string> places_;  // of the parts
  std::map<std::string, SchemaId> defs_;
  struct Reference {
    std::string target, place;
  };
  std::vector<Reference> references_;
  std::optional<Error> error_;
};

}  // namespace

Result<SchemaParts> compile_parts(const JsonTree& tree) { return Compiler(tree).run(); }

}  // namespace sublet::policy
