// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/placeholders.h"

#include <array>
#include <utility>

#include "base/base64.h"
#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "hostcall/argument_fields.h"

namespace sublet::hostcall {
namespace {

using base::JsonCursor;
using base::JsonKind;

constexpr std::string_view kBegin = "sublet-secret-";
// Placeholders inside placeholders: one in what is encoded is all that anybody needs.
constexpr int kMaxDepth = 3;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

Error no_placeholder() {
  return wrong("a header has what begins as a secret's placeholder and is none");
}

Result<Placeholder> read_placeholder(std::string_view hex) {
  const auto json = decode_hex(hex);
  if (!json || !base::scan_json(*json, 1).ok()) return no_placeholder();
  JsonCursor cursor(*json);
  if (cursor.kind() != JsonKind::kObject) return no_placeholder();
  static constexpr std::array<std::string_view, 3> kKinds = {"secret", "token", "encode"};
  Placeholder made;
  bool known = false;
  JsonCursor::Member member;
  cursor.enter();
  while (cursor.next_member(member)) {
    if (cursor.kind() != JsonKind::kString) return no_placeholder();
    const std::string text = cursor.string();
    if (member.key == "user") {
      made.user = text;
      continue;
    }
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (kKinds[i] != member.key) continue;
      if (known) return no_placeholder();
      known = true;
      made.kind = static_cast<Placeholder::Kind>(i);
      made.text = text;
    }
  }
  if (!known) return no_placeholder();
  return made;
}

Result<std::string> replace(std::string_view text, std::string_view nonce,
                            const PlaceholderValue& value,
                            const std::function<void(std::string)>& replaced, int depth) {
  std::string out;
  for (;;) {
    const std::size_t at = text.find(kBegin);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + kBegin.size());
    if (nonce.empty() || !text.starts_with(nonce) || text.size() <= nonce.size() ||
        text[nonce.size()] != '-' || depth == kMaxDepth) {
      return no_placeholder();
    }
    text.remove_prefix(nonce.size() + 1);
    const std::size_t end = text.find('-');
    if (end == std::string_view::npos) return no_placeholder();
    Result<Placeholder> read = read_placeholder(text.substr(0, end));
    if (!read) return read.error();
    text.remove_prefix(end + 1);
    Result<std::string> put = read->kind == Placeholder::Kind::kEncode
                                  ? replace(read->text, nonce, value, replaced, depth + 1)
                                  : value(*read);
    if (!put) return put;
    if (read->kind == Placeholder::Kind::kEncode) put = base::encode_base64(*put);
    replaced(*put);
    out += *put;
  }
}

}  // namespace

Result<std::string> replace_placeholders(std::string_view text, std::string_view nonce,
                                         const PlaceholderValue& value,
                                         const std::function<void(std::string)>& replaced) {
  return replace(text, nonce, value, replaced, 0);
}

}  // namespace sublet::hostcall
