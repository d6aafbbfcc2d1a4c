// SPDX-License-Identifier: Apache-2.0
// The manifest's `parameters`.
#include <fmt/format.h>

#include <array>

#include "policy/names.h"
#include "policy/request/parameters.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {
namespace {

using Declaration = ParameterDeclaration;

constexpr std::array<std::string_view, 6> kTypes = {"text",   "number", "boolean",
                                                    "choice", "url",    "domain"};

Result<void> type(SectionReader& reader, const std::string& field, Declaration& out) {
  const std::uint32_t line = reader.line();
  std::string word;
  if (reader.kind() == base::JsonKind::kString) {
    if (auto read = reader.text(field, 64, word); !read) return read;
  }
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] != word) continue;
    out.type = static_cast<ParameterType>(i);
    return {};
  }
  return reader.refuse_at(line, field +
                                    " must be \"text\", \"number\", \"boolean\", \"choice\", "
                                    "\"url\" or \"domain\"");
}

Result<void> max_length(SectionReader& reader, const std::string& field, Declaration& out) {
  std::uint64_t value = 0;
  auto read = reader.number(field, 1, kMaxParameterBytes, value);
  out.max_length = static_cast<std::uint32_t>(value);
  return read;
}

Result<void> default_value(SectionReader& reader, const std::string&, Declaration& out) {
  const std::uint32_t line = reader.line();
  out.default_json = LocatedText{std::string(reader.raw()), line};
  return {};
}

Result<void> read_parameter(SectionReader& reader, const std::string& field, Declaration& out) {
  static constexpr std::array<SectionReader::Field<Declaration>, 10> kFields = {{
      {"type", type},
      {"required", [](SectionReader& r, const std::string& f,
                      Declaration& o) { return r.flag(f, o.required); }},
      {"default", default_value},
      {"secret",
       [](SectionReader& r, const std::string& f, Declaration& o) { return r.flag(f, o.secret); }},
      {"pattern", [](SectionReader& r, const std::string& f,
                     Declaration& o) { return r.text(f, kMaxPatternBytes, o.pattern.emplace()); }},
      {"max_length", max_length},
      {"choices", [](SectionReader& r, const std::string& f,
                     Declaration& o) { return r.texts(f, 100, 256, o.choices); }},
      {"display_name", [](SectionReader& r, const std::string& f,
                          Declaration& o) { return r.text(f, 128, o.display_name); }},
      {"description", [](SectionReader& r, const std::string& f,
                         Declaration& o) { return r.text(f, 1024, o.description); }},
      {"hosts", [](SectionReader& r, const std::string& f,
                   Declaration& o) { return read_hosts(r, f, kMaxSecretHosts, o.hosts); }},
  }};
  return reader.object<Declaration>(field, kFields, out);
}

// What contradicts itself.
std::string contradiction(const Declaration& declared) {
  const bool is_text = declared.type == ParameterType::kText;
  if (declared.pattern && !is_text) return "pattern is for type \"text\" only";
  if (declared.max_length && !is_text) return "max_length is for type \"text\" only";
  if (declared.secret && !is_text) return "secret is for type \"text\" only";
  if ((declared.type == ParameterType::kChoice) == declared.choices.empty()) {
    return declared.choices.empty() ? "choices is missing" : "choices is for type \"choice\" only";
  }
  if (!declared.secret && !declared.hosts.empty()) return "hosts is for secrets only";
  if (declared.secret && declared.default_json) {
    return "default is there, and everybody can read it: a secret has none";
  }
  if (declared.secret && declared.max_length.value_or(kMinSecretLength) < kMinSecretLength) {
    return fmt::format("max_length must be at least {}, as a secret is that long",
                       kMinSecretLength);
  }
  if (declared.required && declared.default_json) {
    return "required and default contradict each other";
  }
  return {};
}

Result<void> check(SectionReader& reader, const std::string& field, const Declaration& declared) {
  if (const std::string wrong = contradiction(declared); !wrong.empty()) {
    return reader.refuse_at(declared.line, fmt::format("{}.{}", field, wrong));
  }
  if (declared.pattern) {
    const std::string fault = pattern_fault(declared.pattern->text);
    if (!fault.empty()) {
      const std::string what = field + ".pattern is no regular expression: " + in_quotes(fault);
      return reader.refuse_at(declared.pattern->line, what);
    }
  }
  if (!declared.default_json) return {};
  const auto checked = check_parameter(declared, declared.default_json->text);
  if (checked) return {};
  return reader.refuse_at(declared.default_json->line,
                          fmt::format("{}.default: {}", field, checked.error().message));
}

}  // namespace

Result<void> read_parameters(SectionReader& reader, std::vector<ParameterDeclaration>& out) {
  return reader.members(
      "parameters", kMaxParameters,
      [&](const std::string& field, const std::string& name, std::uint32_t line) -> Result<void> {
        if (auto named = check_export_name("the name in parameters", name); !named) {
          return reader.refuse_at(line, named.error().message);
        }
        Declaration& made = out.emplace_back();
        made.name = name;
        made.line = line;
        if (auto read = read_parameter(reader, field, made); !read) return read;
        return check(reader, field, made);
      });
}

}  // namespace sublet::policy
