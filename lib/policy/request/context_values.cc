// SPDX-License-Identifier: Apache-2.0
#include "policy/request/context_values.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/json_scan.h"

namespace sublet::policy {
namespace {

using base::JsonCursor;
using base::JsonKind;

// The paths as a tree: of the context only what is on a path is looked into.
class Finder {
 public:
  explicit Finder(std::span<const std::vector<std::string>> paths) : found_(paths.size()) {
    for (std::size_t slot = 0; slot < paths.size(); ++slot) {
      std::size_t at = 0;
      for (const std::string& name : paths[slot]) at = child(at, name);
      nodes_[at].slot = slot;
    }
  }

  std::vector<std::optional<Value>> run(JsonCursor cursor) {
    visit(cursor, 0);
    return std::move(found_);
  }

 private:
  struct Node {
    std::map<std::string, std::size_t, std::less<>> children;
    std::optional<std::size_t> slot;
  };

  std::size_t child(std::size_t at, const std::string& name) {
    const auto [known, is_new] = nodes_[at].children.emplace(name, nodes_.size());
    const std::size_t index = known->second;
    if (is_new) nodes_.emplace_back();
    return index;
  }

  // Recursion is as deep as the longest path.
  void visit(JsonCursor& cursor, std::size_t at) {
    const Node& node = nodes_[at];
    const JsonKind kind = cursor.kind();
    if (node.slot) {
      JsonCursor value = cursor;
      found_[*node.slot] =
          Value{kind, kind == JsonKind::kString ? value.string() : std::string(value.raw())};
    }
    const bool object = kind == JsonKind::kObject;
    if (node.children.empty() || (!object && kind != JsonKind::kArray)) {
      cursor.raw();
      return;
    }
    JsonCursor::Member member;
    cursor.enter();
    for (std::size_t i = 0; object ? cursor.next_member(member) : cursor.next_element(); ++i) {
      const auto known = node.children.find(object ? member.key : std::to_string(i));
      if (known == node.children.end()) {
        cursor.raw();
        continue;
      }
      if (object) forget(known->second);
      visit(cursor, known->second);
    }
  }

  // What an earlier member of the same name had.
  void forget(std::size_t at) {
    if (nodes_[at].slot) found_[*nodes_[at].slot].reset();
    for (const auto& [name, index] : nodes_[at].children) forget(index);
  }

  std::vector<Node> nodes_{1};
  std::vector<std::optional<Value>> found_;
};

}  // namespace

Result<std::vector<std::optional<Value>>> find_in_context(
    std::string_view context, std::span<const std::vector<std::string>> paths) {
  const auto wrong = [](std::string what) {
    return Error{ErrorCode::kInvalidArgument, std::move(what)};
  };
  if (context.size() > kMaxContextBytes) {
    return wrong(fmt::format("context has {} bytes; it may have at most {}", context.size(),
                             kMaxContextBytes));
  }
  if (context.empty()) context = "{}";
  const base::JsonScan scan = base::scan_json(context, kMaxContextDepth);
  if (scan.fault == base::JsonFault::kTooDeep) {
    return wrong(fmt::format("context is nested deeper than {} levels", kMaxContextDepth));
  }
  const JsonCursor cursor(context);
  if (!scan.ok() || cursor.kind() != JsonKind::kObject) return wrong("context is no JSON object");
  return Finder(paths).run(cursor);
}

}  // namespace sublet::policy
