// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "policy/events/json_schema_parts.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

using base::JsonKind;
using Place = JsonTree::Place;
using Members = std::map<std::string, Place>;

// Schemas within each other at one place of a value, and values within it: about 500 bytes of stack
// for each.
constexpr std::uint32_t kDeepest = 400;
constexpr std::size_t kLongestPlace = 300;
constexpr std::string_view kTooDeep = "is nested deeper than its schema can be held against";

std::string names_of(TypeSet types) {
  constexpr std::array<std::string_view, 7> kNames = {
      "null", "a boolean", "an integer", "a number", "a string", "an array", "an object"};
  std::string text;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((types & (1u << i)) == 0) continue;
    if (!text.empty()) text += " or ";
    text += kNames[i];
  }
  return text;
}

bool is_multiple(double value, double of) {
  if (std::trunc(of) == of) return std::fmod(value, of) == 0;
  const double times = value / of;
  // 0.07 is a multiple of 0.01, though not of the double next to it.
  const double most = std::max(1e-12, std::abs(times) * 4 * DBL_EPSILON);
  return std::isfinite(times) && std::abs(times - std::nearbyint(times)) <= std::min(most, 0.25);
}

std::uint64_t code_points(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string step_to(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), is_plain);
  return plain && name.size() <= 64 ? "." + std::string(name) : "[" + in_quotes(name) + "]";
}

// One check. What is answered with false has its reason in why_ and, from the inside out, the steps
// to its place in steps_to_; once it is stopped_, everything is answered with false.
//
// Thread safety: none; a local variable.
class Checker {
 public:
  Checker(const SchemaParts& parts, const JsonTree& tree, std::uint64_t steps)
      : parts_(parts), tree_(tree), steps_(steps) {}

  Result<void> run(std::string_view root) {
    if (fits(0, 0, 0)) return {};
    std::string place(root);
    for (auto step = steps_to_.rbegin(); step != steps_to_.rend() && !stopped_; ++step) {
      place += *step;
      if (place.size() < kLongestPlace) continue;
      place.resize(kLongestPlace);
      place += "...";
      break;
    }
    return Error{ErrorCode::kInvalidArgument, place + " " + why_};
  }

 private:
  bool fail(std::string why) {
    if (!stopped_) why_ = std::move(why);
    return false;
  }
  bool stop(std::string_view why) {
    fail(std::string(why));
    stopped_ = true;
    return false;
  }
  bool spend(std::uint64_t steps) {
    if (stopped_) return false;
    if (steps > steps_) return stop("takes too long to hold against its schema");
    steps_ -= steps;
    return true;
  }
  bool expect(bool holds, std::string_view otherwise) {
    return holds || fail(std::string(otherwise));
  }

  bool fits(SchemaId id, Place at, std::uint32_t depth) {
    const SchemaPart& part = parts_.all[id];
    if (!spend(1)) return false;
    if (depth >= kDeepest) return stop(kTooDeep);
    if (part.nothing) return fail("must not be there");
    return has_type(part, at) && has_value(part, at) && fits_kind(part, at, depth) &&
           fits_others(part, at, depth);
  }

  bool inner(SchemaId id, Place at, std::uint32_t depth, std::string_view name) {
    if (fits(id, at, depth + 1)) return true;
    if (!stopped_) steps_to_.push_back(step_to(name));
    return false;
  }

  bool has_type(const SchemaPart& part, Place at) {
    if (part.types == 0) return true;
    TypeSet own = 0;
    switch (tree_.kind(at)) {
      case JsonKind::kNull:
        own = kNullType;
        break;
      case JsonKind::kBoolean:
        own = kBooleanType;
        break;
      case JsonKind::kNumber: {
        const double value = tree_.number(at);
        own = std::trunc(value) == value && std::isfinite(value) ? kNumberType | kIntegerType
                                                                 : kNumberType;
        break;
      }
      case JsonKind::kString:
        own = kStringType;
        break;
      case JsonKind::kArray:
        own = kArrayType;
        break;
      case JsonKind::kObject:
        own = kObjectType;
        break;
    }
    return (part.types & own) != 0 || fail("must be " + names_of(part.types));
  }

  bool canonical(Place at, std::string& out) {
    if (!tree_.append_canonical(at, kDeepest, out)) return stop(kTooDeep);
    return spend(out.size() / 8 + (tree_.after(at) - at));
  }

  bool has_value(const SchemaPart& part, Place at) {
    if (!part.values && !part.constant) return true;
    std::string own;
    if (!canonical(at, own)) return false;
    return expect(!part.values || part.values->contains(own),
                  "must be one of the values that its schema names (enum)") &&
           expect(!part.constant || *part.constant == own,
                  "must be the value that its schema names (const)");
  }

  bool fits_kind(const SchemaPart& part, Place at, std::uint32_t depth) {
    switch (tree_.kind(at)) {
      case JsonKind::kNumber:
        return spend(tree_.bytes(at) / 8) && fits_number(part, tree_.number(at));
      case JsonKind::kString:
        return fits_string(part, at);
      case JsonKind::kArray:
        return fits_array(part, at, depth);
      case JsonKind::kObject:
        return fits_object(part, at, depth);
      case JsonKind::kNull:
      case JsonKind::kBoolean:
        break;
    }
    return true;
  }

  bool fits_number(const SchemaPart& part, double value) {
    const auto bound = [this](const std::optional<double>& bound, bool holds,
                              std::string_view what) {
      return !bound || holds || fail(fmt::format("must be {} {}", what, *bound));
    };
    return bound(part.minimum, value >= part.minimum.value_or(0), "at least") &&
           bound(part.maximum, value <= part.maximum.value_or(0), "at most") &&
           bound(part.exclusive_minimum, value > part.exclusive_minimum.value_or(0), "more than") &&
           bound(part.exclusive_maximum, value < part.exclusive_maximum.value_or(0), "less than") &&
           bound(part.multiple_of, is_multiple(value, part.multiple_of.value_or(1)),
                 "a multiple of");
  }

  bool has_count(std::uint64_t count, const std::optional<std::uint64_t>& least,
                 const std::optional<std::uint64_t>& most, std::string_view what) {
    if (least && count < *least) return fail(fmt::format("must have at least {} {}", *least, what));
    if (most && count > *most) return fail(fmt::format("must have at most {} {}", *most, what));
    return true;
  }

  bool fits_string(const SchemaPart& part, Place at) {
    if (!part.min_length && !part.max_length && !part.pattern) return true;
    if (!spend(tree_.bytes(at) / 8)) return false;
    const std::string text = tree_.string(at);
    return has_count(code_points(text), part.min_length, part.max_length, "characters") &&
           (!part.pattern || part.pattern->is_in(text) ||
            fail("must match the pattern " + in_quotes(part.pattern->text())));
  }

  bool fits_array(const SchemaPart& part, Place at, std::uint32_t depth) {
    if (!has_count(tree_.size(at), part.min_items, part.max_items, "elements")) return false;
    if (part.unique_items && !has_unique(at)) return false;
    if (part.prefix_items.empty() && part.items == kNoSchema) return true;
    std::size_t index = 0;
    for (Place in = at + 1; in < tree_.after(at); in = tree_.after(in), ++index) {
      const SchemaId id = index < part.prefix_items.size() ? part.prefix_items[index] : part.items;
      if (id == kNoSchema) return true;
      if (fits(id, in, depth + 1)) continue;
      if (!stopped_) steps_to_.push_back(fmt::format("[{}]", index));
      return false;
    }
    return true;
  }

  bool has_unique(Place at) {
    std::set<std::string> seen;
    for (Place in = at + 1; in < tree_.after(at); in = tree_.after(in)) {
      std::string own;
      if (!canonical(in, own)) return false;
      if (!seen.insert(std::move(own)).second) return fail("must have no element twice");
    }
    return true;
  }

  bool fits_object(const SchemaPart& part, Place at, std::uint32_t depth) {
    const bool asked = part.min_properties || part.max_properties || !part.required.empty() ||
                       !part.properties.empty() || part.additional_properties != kNoSchema;
    if (!asked) return true;
    if (!spend(tree_.size(at) + part.required.size())) return false;
    const Members members = tree_.members(at);
    std::uint64_t bytes = 0;
    for (const auto& [name, in] : members) bytes += name.size();
    if (!spend(bytes / 8)) return false;
    if (!has_count(members.size(), part.min_properties, part.max_properties, "members")) {
      return false;
    }
    for (const std::string& name : part.required) {
      if (!members.contains(name)) return fail("must have the member " + in_quotes(name));
    }
    for (const auto& [name, in] : members) {
      const auto known = part.properties.find(name);
      const SchemaId id =
          known != part.properties.end() ? known->second : part.additional_properties;
      if (id != kNoSchema && !inner(id, in, depth, name)) return false;
    }
    return true;
  }

  // How many of these it fits, up to `most`; their reasons are forgotten.
  std::size_t count_fitting(const std::vector<SchemaId>& ids, Place at, std::uint32_t depth,
                            std::size_t most) {
    std::size_t count = 0;
    for (const SchemaId id : ids) {
      if (fits(id, at, depth + 1) && ++count == most) break;
      if (!stopped_) steps_to_.clear();
    }
    return count;
  }

  bool fits_others(const SchemaPart& part, Place at, std::uint32_t depth) {
    for (const SchemaId id : part.all_of) {
      if (!fits(id, at, depth + 1)) return false;
    }
    if (part.reference != kNoSchema && !fits(part.reference, at, depth + 1)) return false;
    if (!part.any_of.empty() && count_fitting(part.any_of, at, depth, 1) == 0) {
      return fail("must fit one of the schemas of anyOf");
    }
    if (!part.one_of.empty()) {
      const std::size_t count = count_fitting(part.one_of, at, depth, 2);
      if (count != 1) {
        return fail(fmt::format("must fit one of the schemas of oneOf; it fits {}",
                                count == 0 ? "none" : "several"));
      }
    }
    if (part.not_of != kNoSchema) {
      const bool fitting = fits(part.not_of, at, depth + 1);
      if (!stopped_) steps_to_.clear();
      if (fitting || stopped_) return fail("must not fit the schema of not");
    }
    return true;
  }

  const SchemaParts& parts_;
  const JsonTree& tree_;
  std::uint64_t steps_;
  std::string why_;
  std::vector<std::string> steps_to_;
  bool stopped_ = false;
};

}  // namespace

Result<void> check_parts(const SchemaParts& parts, std::string_view root, const JsonTree& tree,
                         std::uint64_t steps) {
  return Checker(parts, tree, steps).run(root);
}

}  // namespace sublet::policy
