// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/flat_json.h"

#include <utility>

#include "base/json_scan.h"
#include "policy/request/escape.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

constexpr std::uint32_t kMaxDepth = 32;

}  // namespace

std::optional<FlatObject> FlatObject::read(std::string_view text) {
  if (!base::scan_json(text, kMaxDepth).ok()) return std::nullopt;
  base::JsonCursor cursor(text);
  if (cursor.kind() != base::JsonKind::kObject) return std::nullopt;
  FlatObject out;
  base::JsonCursor::Member member;
  cursor.enter();
  while (cursor.next_member(member)) {
    FlatValue value;
    value.kind = cursor.kind();
    value.text =
        value.kind == base::JsonKind::kString ? cursor.string() : std::string(cursor.raw());
    out.members_.emplace(member.key, std::move(value));
  }
  return out;
}

FlatObject::~FlatObject() {
  for (auto& [name, value] : members_) wipe_text(value.text);
}

const FlatValue* FlatObject::find(std::string_view name) const {
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : &found->second;
}

const std::string& FlatObject::text(std::string_view name) const {
  static const std::string kEmpty;
  const FlatValue* value = find(name);
  return value != nullptr && value->kind == base::JsonKind::kString ? value->text : kEmpty;
}

std::uint64_t FlatObject::number(std::string_view name) const {
  const FlatValue* value = find(name);
  if (value == nullptr || value->kind != base::JsonKind::kNumber) return 0;
  return base::whole_number(value->text).value_or(0);
}

void FlatObject::add(std::string_view name, std::string value) {
  members_.emplace(name, FlatValue{base::JsonKind::kString, std::move(value)});
}

void FlatWriter::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  out_ += '"';
  policy::append_json_escaped(out_, name);
  out_ += "\":";
}

FlatWriter& FlatWriter::text(std::string_view name, std::string_view value) {
  this->name(name);
  out_ += '"';
  policy::append_json_escaped(out_, value);
  out_ += '"';
  return *this;
}

FlatWriter& FlatWriter::number(std::string_view name, std::uint64_t value) {
  return raw(name, std::to_string(value));
}

FlatWriter& FlatWriter::raw(std::string_view name, std::string_view json) {
  this->name(name);
  out_ += json;
  return *this;
}

std::string FlatWriter::take() { return std::move(out_) + "}"; }

}  // namespace sublet::proxy
