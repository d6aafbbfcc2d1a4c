// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/key_value_update.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "adapters/key_value/guarded.h"
#include "adapters/key_value/json_edit.h"
#include "adapters/key_value/json_identity.h"
#include "adapters/key_value/json_number.h"
#include "base/json_scan.h"
#include "base/utf8.h"

namespace sublet {
inline namespace v1 {
namespace {

using adapters::JsonEdit;
using base::JsonCursor;
using base::JsonKind;
using Kind = KeyValueUpdate::Kind;
using Place = JsonEdit::Place;

Error refused(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kIncrement:
      return "increment";
    case Kind::kAppend:
      return "append";
    case Kind::kSet:
      return "set";
    case Kind::kRemove:
      return "remove";
    case Kind::kUnion:
      return "union";
  }
  return "of no kind";
}

Result<void> check_json(std::string_view what, std::string_view text, std::uint32_t depth) {
  const base::JsonScan scan = base::scan_json(text, depth);
  if (scan.ok()) return {};
  if (scan.fault == base::JsonFault::kTooDeep) {
    return refused(std::string(what) + " is nested more than " + std::to_string(depth) + " deep");
  }
  return refused(std::string(what) + " is no JSON (byte " + std::to_string(scan.offset) + ")");
}

// As much of a path as a message may have.
std::string shown(std::string_view path) {
  path = path.substr(0, 1024);
  return std::string(path.substr(0, base::utf8_valid_prefix(path)));
}

std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> elements;
  JsonCursor cursor(array);
  cursor.enter();
  while (cursor.next_element()) elements.push_back(cursor.raw());
  return elements;
}

// The elements of `added` that are not in `array`, each once.
std::vector<std::string_view> missing_elements(std::string_view array, std::string_view added) {
  std::vector<std::string_view> elements = elements_of(added);
  std::vector<std::string> identities;
  std::unordered_set<std::string> wanted;
  for (const std::string_view element : elements) {
    identities.push_back(adapters::json_identity(element));
    wanted.insert(identities.back());
  }
  for (const std::string_view element : elements_of(array)) {
    wanted.erase(adapters::json_identity(element));
  }
  std::vector<std::string_view> missing;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (wanted.erase(identities[i]) != 0) missing.push_back(elements[i]);
  }
  return missing;
}

// Applies one update; its errors say what stands in the way, without the update's name.
class Update {
 public:
  Update(JsonEdit& value, const KeyValueUpdate& update, std::uint32_t depth)
      : value_(value), update_(update), depth_(depth) {}

  Result<void> apply() {
    auto path = adapters::parse_json_pointer(update_.path);
    if (!path) return std::move(path).error();
    path_ = *std::move(path);
    if (update_.kind != Kind::kRemove) {
      if (Result<void> json = check_json("the operand", update_.operand, depth_); !json) {
        return json;
      }
      operand_ = JsonCursor(update_.operand).raw();
    } else if (!update_.operand.empty()) {
      return refused("a remove takes no operand");
    }
    place_ = value_.find(path_);
    if (update_.kind == Kind::kRemove) return remove();
    if (Result<void> reached = check_place(); !reached) return reached;
    there_ = place_.kind == Place::Kind::kValue ? value_.at(place_) : std::string_view("null");
    return change();
  }

 private:
  Result<void> remove() {
    if (place_.kind == Place::Kind::kValue) value_.remove(path_, place_);
    return {};
  }

  Result<void> check_place() const {
    switch (place_.kind) {
      case Place::Kind::kValue:
        return {};
      case Place::Kind::kNoMember:
        if (path_.back() == "-" && place_.parts + 1 < path_.size()) {
          return refused("there is no array that - could add to");
        }
        return {};
      case Place::Kind::kArrayEnd:
        if (update_.kind == Kind::kSet) return {};
        return refused("- is for set; the array itself can be appended to");
      case Place::Kind::kNoElement:
        return refused("the array has no element " + path_[place_.parts]);
      case Place::Kind::kBlocked:
        return refused("there is " + std::string(adapters::name_of(value_.kind(place_))) +
                       " on the way");
    }
    return {};
  }

  Result<void> change() {
    switch (update_.kind) {
      case Kind::kIncrement:
        return increment();
      case Kind::kAppend:
        return append();
      case Kind::kUnion:
        return unite();
      default:
        value_.put(path_, place_, operand_);
        return {};
    }
  }

  JsonKind kind_there() const { return JsonCursor(there_).kind(); }
  JsonKind kind_of_operand() const { return JsonCursor(operand_).kind(); }

  Error wrong_kind(std::string_view wanted) const {
    return refused("there is " + std::string(adapters::name_of(kind_there())) + ", not " +
                   std::string(wanted));
  }

  Result<void> increment() {
    if (kind_of_operand() != JsonKind::kNumber) return refused("the operand is not a number");
    double sum = adapters::parse_json_number(operand_);
    if (kind_there() == JsonKind::kNumber) {
      sum += adapters::parse_json_number(there_);
    } else if (kind_there() != JsonKind::kNull) {
      return wrong_kind("a number");
    }
    if (!std::isfinite(sum)) return refused("the sum is beyond the range of numbers");
    value_.put(path_, place_, adapters::javascript_number(sum));
    return {};
  }

  Result<void> append() {
    if (kind_there() == JsonKind::kString) {
      if (kind_of_operand() != JsonKind::kString) return refused("the operand is not a text");
      std::string text(there_.substr(0, there_.size() - 1));
      text += operand_.substr(1);
      value_.put(path_, place_, text);
      return {};
    }
    return add_elements({operand_});
  }

  Result<void> unite() {
    if (kind_of_operand() != JsonKind::kArray) return refused("the operand is not an array");
    const JsonKind there = kind_there();
    if (there != JsonKind::kArray && there != JsonKind::kNull) return wrong_kind("an array");
    return add_elements(missing_elements(there == JsonKind::kNull ? "[]" : there_, operand_));
  }

  Result<void> add_elements(const std::vector<std::string_view>& elements) {
    const JsonKind there = kind_there();
    if (there != JsonKind::kArray && there != JsonKind::kNull) {
      return wrong_kind("an array or a text");
    }
    const std::string_view array = there == JsonKind::kNull ? "[]" : there_;
    value_.put(path_, place_, adapters::with_elements(array, elements));
    return {};
  }

  JsonEdit& value_;
  const KeyValueUpdate& update_;
  const std::uint32_t depth_;
  std::vector<std::string> path_;
  std::string_view operand_;
  Place place_;
  std::string_view there_;
};

Result<std::optional<std::string>> apply_all(std::optional<std::string_view> current,
                                             const std::vector<KeyValueUpdate>& updates, Bytes size,
                                             std::uint32_t depth) {
  if (updates.size() > kMaxKeyValueUpdates) {
    return refused("there are " + std::to_string(updates.size()) + " updates; there may be " +
                   std::to_string(kMaxKeyValueUpdates));
  }
  if (current.has_value()) {
    if (Result<void> json = check_json("the present value", *current, depth); !json) {
      return std::move(json).error();
    }
  }
  JsonEdit value(current);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    Result<void> applied = Update(value, updates[i], depth).apply();
    if (applied && value.size() > size.count) {
      applied = refused("the value would have " + std::to_string(value.size()) +
                        " bytes; it may have " + std::to_string(size.count));
    }
    if (!applied) {
      return refused("update " + std::to_string(i + 1) + " (" +
                     std::string(name_of(updates[i].kind)) + " at \"" + shown(updates[i].path) +
                     "\"): " + applied.error().message);
    }
  }
  if (!value.is_present()) return std::optional<std::string>();
  std::string text = std::move(value).take();
  if (Result<void> json = check_json("the new value", text, depth); !json) {
    return std::move(json).error();
  }
  return std::optional<std::string>(std::move(text));
}

}  // namespace

Result<std::optional<std::string>> apply_updates(std::optional<std::string_view> current,
                                                 const std::vector<KeyValueUpdate>& updates,
                                                 Bytes size, std::uint32_t depth) {
  return adapters::guarded([&] { return apply_all(current, updates, size, depth); });
}

}  // namespace v1
}  // namespace sublet
