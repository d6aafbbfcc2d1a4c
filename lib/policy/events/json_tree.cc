// SPDX-License-Identifier: Apache-2.0
#include "policy/events/json_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace sublet::policy {
namespace {

// Whether a number beyond the range of a double is too large, not too small, for one, which
// std::from_chars() does not say.
bool is_large(std::string_view raw) {
  const std::size_t end = std::min(raw.find_first_of("eE"), raw.size());
  std::int64_t exponent = 0;
  if (end < raw.size()) {
    std::string_view digits = raw.substr(end + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error == std::errc::result_out_of_range) return !digits.starts_with('-');
  }
  const std::string_view mantissa = raw.substr(0, end);
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
  // Few enough digits for no overflow: they are in memory.
  const std::int64_t before_point = first < point ? point - first : point + 1 - first;
  return exponent > -before_point;
}

}  // namespace

using base::JsonCursor;
using base::JsonKind;

JsonTree::JsonTree(std::string_view text) : text_(text) {
  JsonCursor cursor(text);
  JsonCursor::Member member;
  std::vector<Place> open;
  for (bool more = true; more;) {
    const auto at = static_cast<Place>(nodes_.size());
    nodes_.push_back({cursor.kind(), static_cast<std::uint32_t>(cursor.offset()),
                      static_cast<std::uint32_t>(member.offset), at + 1, 0});
    if (kind(at) == JsonKind::kArray || kind(at) == JsonKind::kObject) {
      cursor.enter();
      open.push_back(at);
    } else {
      cursor.raw();
    }
    more = false;
    while (!more && !open.empty()) {
      more = go_on(cursor, member, open.back());
      if (!more) open.pop_back();
    }
  }
}

// Whether there is one more in an array or object.
bool JsonTree::go_on(JsonCursor& cursor, JsonCursor::Member& member, Place in) {
  Node& node = nodes_[in];
  const bool more =
      node.kind == JsonKind::kObject ? cursor.next_member(member) : cursor.next_element();
  if (more) {
    ++node.size;
  } else {
    node.end = static_cast<Place>(nodes_.size());
  }
  return more;
}

std::size_t JsonTree::bytes(Place at) const {
  const std::size_t end = after(at) < nodes_.size() ? nodes_[after(at)].text : text_.size();
  return end - nodes_[at].text;
}

std::string JsonTree::string(Place at) const {
  return JsonCursor(text_.substr(nodes_[at].text)).string();
}

bool JsonTree::boolean(Place at) const { return text_[nodes_[at].text] == 't'; }

double JsonTree::number(Place at) const {
  const std::string_view raw = JsonCursor(text_.substr(nodes_[at].text)).raw();
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  if (!is_large(raw)) return 0;
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  return raw.front() == '-' ? -kInfinite : kInfinite;
}

std::map<std::string, JsonTree::Place> JsonTree::members(Place at) const {
  std::map<std::string, Place> found;
  for (Place in = at + 1; in < after(at); in = after(in)) {
    found.insert_or_assign(JsonCursor(text_.substr(nodes_[in].key)).string(), in);
  }
  return found;
}

void JsonTree::append_number(Place at, std::string& out) const {
  const double value = number(at);
  char digits[32];
  // -0 is 0.
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value == 0 ? 0 : value);
  out.append(digits, end);
}

bool JsonTree::append_members(Place at, std::uint32_t depth, std::string& out) const {
  for (const auto& [name, value] : members(at)) {
    out += std::to_string(name.size()) + ':' + name;
    if (!append_canonical(value, depth, out)) return false;
  }
  return true;
}

bool JsonTree::append_canonical(Place at, std::uint32_t depth, std::string& out) const {
  const JsonKind kind = this->kind(at);
  switch (kind) {
    case JsonKind::kNull:
      out += 'n';
      return true;
    case JsonKind::kBoolean:
      out += boolean(at) ? 't' : 'f';
      return true;
    case JsonKind::kNumber:
      append_number(at, out);
      out += ';';
      return true;
    case JsonKind::kString: {
      const std::string text = string(at);
      out += '"' + std::to_string(text.size()) + ':' + text;
      return true;
    }
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  if (depth == 0) return false;
  out += kind == JsonKind::kArray ? '[' : '{';
  if (kind == JsonKind::kObject && !append_members(at, depth - 1, out)) return false;
  for (Place in = at + 1; kind == JsonKind::kArray && in < after(at); in = after(in)) {
    if (!append_canonical(in, depth - 1, out)) return false;
  }
  out += ']';
  return true;
}

}  // namespace sublet::policy
