// SPDX-License-Identifier: Apache-2.0

// Random updates of random values, beside a model over a JSON library's values.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "sublet/adapters/key_value_update.h"

namespace sublet {
namespace {

using Json = nlohmann::ordered_json;
using Kind = KeyValueUpdate::Kind;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  int below(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }

  Json value(int depth) {
    switch (below(depth > 0 ? 8 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return below(10) - 5;
      case 2:
        return below(2) == 0;
      case 3:
        return name();
      case 4:
        return below(100) + 0.5;
      case 5:
      case 6: {
        Json object = Json::object();
        for (int i = below(4); i > 0; --i) object[name()] = value(depth - 1);
        return object;
      }
      default: {
        Json array = Json::array();
        for (int i = below(4); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
    }
  }

  std::vector<std::string> path() {
    std::vector<std::string> parts;
    for (int i = below(4); i > 0; --i) {
      const int kind = below(6);
      parts.push_back(kind < 4 ? name() : kind == 4 ? std::to_string(below(4)) : "-");
    }
    return parts;
  }

 private:
  std::string name() {
    static const char* const kNames[] = {"a", "b", "a/b", "~", "\"", "\n", "__proto__", "\xC3\xA9"};
    return kNames[below(8)];
  }

  std::mt19937_64 random_;
};

std::string pointer_of(const std::vector<std::string>& parts) {
  std::string path;
  for (const std::string& part : parts) {
    path += '/';
    for (const char c : part) {
      if (c == '~') {
        path += "~0";
      } else if (c == '/') {
        path += "~1";
      } else {
        path += c;
      }
    }
  }
  return path;
}

// False: refused, and nothing is changed that is looked at.
bool change(Json& there, Kind kind, const Json& operand) {
  const bool null = there.is_null();
  switch (kind) {
    case Kind::kIncrement:
      if (!operand.is_number() || !(null || there.is_number())) return false;
      there = (null ? 0.0 : there.get<double>()) + operand.get<double>();
      return true;
    case Kind::kAppend:
      if (there.is_string()) {
        if (!operand.is_string()) return false;
        there = there.get<std::string>() + operand.get<std::string>();
        return true;
      }
      if (!null && !there.is_array()) return false;
      there.push_back(operand);
      return true;
    case Kind::kUnion:
      if (!operand.is_array() || !(null || there.is_array())) return false;
      if (null) there = Json::array();
      for (const Json& element : operand) {
        // Members in any order.
        const auto same = [&](const Json& other) {
          return nlohmann::json::parse(other.dump()) == nlohmann::json::parse(element.dump());
        };
        if (std::none_of(there.begin(), there.end(), same)) there.push_back(element);
      }
      return true;
    default:
      there = operand;
      return true;
  }
}

bool is_index(const std::string& part) {
  return part.size() == 1 && part[0] >= '0' && part[0] <= '9';
}

void remove(Json& value, const std::vector<std::string>& path) {
  Json* at = &value;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool last = i + 1 == path.size();
    if (at->is_object()) {
      if (!at->contains(path[i])) return;
      if (last) {
        at->erase(path[i]);
        return;
      }
      at = &(*at)[path[i]];
    } else if (at->is_array()) {
      const std::size_t index = is_index(path[i]) ? static_cast<std::size_t>(path[i][0] - '0') : 99;
      if (index >= at->size()) return;
      if (last) {
        at->erase(index);
        return;
      }
      at = &(*at)[index];
    } else {
      return;
    }
  }
}

bool update(Json& value, Kind kind, const std::vector<std::string>& path, const Json& operand) {
  Json* at = &value;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool last = i + 1 == path.size();
    if (at->is_array()) {
      if (path[i] == "-" && last && kind == Kind::kSet) {
        at->push_back(operand);
        return true;
      }
      const std::size_t index = is_index(path[i]) ? static_cast<std::size_t>(path[i][0] - '0') : 99;
      if (index >= at->size()) return false;
      at = &(*at)[index];
      continue;
    }
    if (!at->is_object() && !at->is_null()) return false;
    const bool is_there = at->is_object() && at->contains(path[i]);
    if (!is_there && !last && path.back() == "-") return false;
    at = &(*at)[path[i]];
  }
  return change(*at, kind, operand);
}

}  // namespace

TEST_CASE("update: random ones do what the model does") {
  Generator generator(4);
  int done = 0;
  for (int i = 0; i < 30'000; ++i) {
    const Json before = generator.value(3);
    const auto kind = static_cast<Kind>(generator.below(5));
    const auto path = generator.path();
    const Json operand = generator.value(2);
    const bool removes = kind == Kind::kRemove;
    CAPTURE(before.dump());
    CAPTURE(pointer_of(path));
    CAPTURE(operand.dump());
    const auto result = apply_updates(
        before.dump(), {{kind, pointer_of(path), removes ? std::string() : operand.dump()}});
    if (removes && path.empty()) {
      REQUIRE(result.has_value());
      CHECK_FALSE(result->has_value());
      continue;
    }
    Json model = before;
    bool accepted = true;
    if (removes) {
      remove(model, path);
    } else {
      accepted = update(model, kind, path, operand);
    }
    REQUIRE(result.has_value() == accepted);
    if (!accepted) continue;
    ++done;
    REQUIRE(result->has_value());
    REQUIRE(Json::parse(**result) == model);
  }
  CHECK(done > 5'000);
}

TEST_CASE("update: cut and changed texts never do harm") {
  Generator generator(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = generator.value(4).dump();
    std::string operand = generator.value(3).dump();
    for (std::string* one : {&text, &operand}) {
      if (generator.below(2) == 0)
        one->resize(static_cast<std::size_t>(generator.below(20)) % (one->size() + 1));
      if (!one->empty() && generator.below(3) == 0) {
        (*one)[static_cast<std::size_t>(generator.below(static_cast<int>(one->size())))] =
            "{}[]\",:\\0\x80"[generator.below(10)];
      }
    }
    const auto kind = static_cast<Kind>(generator.below(5));
    const auto result = apply_updates(text, {{kind, pointer_of(generator.path()), operand}});
    if (result.has_value() && result->has_value()) {
      REQUIRE(nlohmann::json::accept(**result));
    } else if (!result.has_value()) {
      REQUIRE(result.error().code == ErrorCode::kInvalidArgument);
    }
  }
}

}  // namespace sublet
