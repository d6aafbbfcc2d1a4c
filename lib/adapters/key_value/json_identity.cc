// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/json_identity.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/key_value/json_number.h"
#include "base/json_cursor.h"
#include "base/sha256.h"

namespace sublet::adapters {
namespace {

using base::JsonCursor;
using base::JsonKind;

constexpr char kReplacement[] = "\xEF\xBF\xBD";

std::string scalar_identity(JsonCursor& cursor) {
  switch (cursor.kind()) {
    case JsonKind::kNumber:
      return "#" + javascript_number(parse_json_number(cursor.raw()));
    case JsonKind::kString: {
      JsonCursor decoder = cursor;
      const std::string_view raw = cursor.raw();
      const std::string text = decoder.string();
      // May stand for half a surrogate pair, of which there are many.
      if (text.find(kReplacement) != std::string::npos) return std::string(raw);
      return "'" + text;
    }
    default:
      return std::string(cursor.raw());
  }
}

// An array or object whose parts are being looked at.
class Container {
 public:
  explicit Container(bool object) : object_(object) {}

  // To the next part; false: that was the last one.
  bool next(JsonCursor& cursor) {
    return object_ ? cursor.next_member(member_) : cursor.next_element();
  }
  void add(std::string identity) {
    if (object_) {
      members_[std::move(member_.key)] = std::move(identity);
    } else {
      elements_.update_sized(identity);
    }
  }
  std::string identity() {
    for (const auto& [key, value] : members_) elements_.update_sized(key).update_sized(value);
    const base::Sha256Digest digest = elements_.finish();
    return (object_ ? "{" : "[") +
           std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
  }

 private:
  const bool object_;
  JsonCursor::Member member_;
  std::map<std::string, std::string> members_;
  base::Sha256 elements_;
};

}  // namespace

std::string json_identity(std::string_view text) {
  JsonCursor cursor(text);
  std::vector<std::unique_ptr<Container>> open;
  for (;;) {
    const JsonKind kind = cursor.kind();
    if (kind == JsonKind::kArray || kind == JsonKind::kObject) {
      open.push_back(std::make_unique<Container>(kind == JsonKind::kObject));
      cursor.enter();
    } else {
      std::string identity = scalar_identity(cursor);
      if (open.empty()) return identity;
      open.back()->add(std::move(identity));
    }
    // To the next value, out of the containers that end here.
    while (!open.back()->next(cursor)) {
      std::string identity = open.back()->identity();
      open.pop_back();
      if (open.empty()) return identity;
      open.back()->add(std::move(identity));
    }
  }
}

}  // namespace sublet::adapters
