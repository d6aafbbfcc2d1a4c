// SPDX-License-Identifier: Apache-2.0
#include "policy/request/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "base/json_scan.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

using base::JsonKind;

// The rule that is broken, and how; an empty rule where none is.
struct Broken {
  std::string_view rule;
  std::string how;
};

JsonKind kind_of(ParameterType type) {
  if (type == ParameterType::kNumber) return JsonKind::kNumber;
  return type == ParameterType::kBoolean ? JsonKind::kBoolean : JsonKind::kString;
}

std::string_view words_for(JsonKind kind) {
  if (kind == JsonKind::kNumber) return "a number";
  return kind == JsonKind::kBoolean ? "true or false" : "a text";
}

bool is_finite(std::string_view number) {
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error == std::errc() && end == number.data() + number.size() && std::isfinite(value);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Broken check_text(const ParameterDeclaration& declared, std::string_view text) {
  const std::size_t most = declared.max_length.value_or(kDefaultMaxLength);
  const std::size_t length = characters(text);
  if (declared.secret && text.size() < kMinSecretLength) {
    return {"min_length",
            fmt::format("must have at least {} bytes, as it is a secret", kMinSecretLength)};
  }
  if (length > most) {
    return {"max_length", fmt::format("has {} characters; it may have at most {}", length, most)};
  }
  if (declared.pattern && !matches_pattern(declared.pattern->text, text)) {
    return {"pattern", "must match the pattern " + in_quotes(declared.pattern->text)};
  }
  return {};
}

Broken check_choice(const ParameterDeclaration& declared, std::string_view text) {
  const auto& choices = declared.choices;
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
  std::string words;
  for (const std::string& choice : choices) {
    if (words.size() > 400) return {"choices", "must be one of the choices that are declared"};
    words += (words.empty() ? "" : ", ") + in_quotes(choice);
  }
  return {"choices", "must be one of " + words};
}

Broken check_value(const ParameterDeclaration& declared, std::string_view text) {
  if (text.size() > kMaxParameterBytes) {
    return {"max_length",
            fmt::format("has {} bytes; it may have at most {}", text.size(), kMaxParameterBytes)};
  }
  if (declared.required && text.empty()) return {"required", "is required and is empty"};
  switch (declared.type) {
    case ParameterType::kText:
      return check_text(declared, text);
    case ParameterType::kChoice:
      return check_choice(declared, text);
    case ParameterType::kUrl:
      if (is_web_url(text)) return {};
      return {"url", "must be a URL like \"https://api.example.com/v1\""};
    case ParameterType::kDomain:
      if (is_domain(text)) return {};
      return {"domain", "must be a domain like \"acme.example.com\""};
    case ParameterType::kNumber:
      if (is_finite(text)) return {};
      return {"number", "is beyond the range of a number"};
    case ParameterType::kBoolean:
      break;
  }
  return {};
}

Broken read_value(const ParameterDeclaration& declared, std::string_view json,
                  ParameterValue& out) {
  base::JsonCursor cursor(json);
  out.secret = declared.secret;
  out.kind = cursor.kind();
  if (out.kind != kind_of(declared.type)) {
    return {"type", fmt::format("must be {}", words_for(kind_of(declared.type)))};
  }
  out.text = out.kind == JsonKind::kString ? cursor.string() : std::string(cursor.raw());
  return check_value(declared, out.text);
}

// Holds the members of one object against the declarations.
class Check {
 public:
  explicit Check(std::span<const ParameterDeclaration> declared) : declared_(declared) {}

  CheckedParameters run(std::string_view given) {
    if (given.size() > kMaxParametersBytes) {
      fault("", "json",
            fmt::format("parameters have {} bytes; they may have at most {}", given.size(),
                        kMaxParametersBytes));
    } else if (!base::scan_json(given, 8).ok() ||
               base::JsonCursor(given).kind() != JsonKind::kObject) {
      fault("", "json", "parameters must be a JSON object");
    } else {
      members(given);
      rest();
    }
    return std::move(checked_);
  }

 private:
  void fault(std::string_view name, std::string_view rule, std::string message) {
    constexpr std::size_t kMaxFaults = 100;
    if (checked_.faults.size() == kMaxFaults) return;
    checked_.faults.push_back({std::string(name), rule, std::move(message)});
  }
  void fault(std::string_view name, const Broken& broken) {
    fault(name, broken.rule, fmt::format("{} {}", in_quotes(name), broken.how));
  }

  void members(std::string_view given) {
    base::JsonCursor cursor(given);
    base::JsonCursor::Member member;
    cursor.enter();
    while (cursor.next_member(member)) {
      const std::string_view json = cursor.raw();
      const auto known = std::find_if(declared_.begin(), declared_.end(),
                                      [&](const auto& one) { return one.name == member.key; });
      if (known == declared_.end()) {
        fault(member.key, {"unknown", "is no parameter of the extension"});
      } else if (!seen_.insert(member.key).second) {
        fault(member.key, {"twice", "is given twice"});
      } else if (json != "null") {
        take(*known, json);
      }
    }
  }

  void take(const ParameterDeclaration& declared, std::string_view json) {
    ParameterValue value;
    if (const Broken broken = read_value(declared, json, value); !broken.rule.empty()) {
      wrong_.insert(declared.name);
      return fault(declared.name, broken);
    }
    checked_.values.emplace(declared.name, std::move(value));
  }

  // Defaults, and what is missing.
  void rest() {
    for (const ParameterDeclaration& declared : declared_) {
      if (checked_.values.contains(declared.name) || wrong_.contains(declared.name)) continue;
      if (declared.required) fault(declared.name, {"required", "is required"});
      if (declared.default_json) take(declared, declared.default_json->text);
    }
  }

  std::span<const ParameterDeclaration> declared_;
  CheckedParameters checked_;
  std::set<std::string> seen_;
  std::set<std::string> wrong_;
};

}  // namespace

Result<ParameterValue> check_parameter(const ParameterDeclaration& declared,
                                       std::string_view json) {
  ParameterValue value;
  const Broken broken = read_value(declared, json, value);
  if (broken.rule.empty()) return value;
  return Error{ErrorCode::kInvalidArgument, broken.how};
}

CheckedParameters check_parameters(std::span<const ParameterDeclaration> declared,
                                   std::string_view given) {
  return Check(declared).run(given);
}

}  // namespace sublet::policy
