// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_skimmer.h"

#include <array>
#include <cstring>
#include <utility>

namespace sublet::policy {
namespace {

constexpr Escapes kAny =
    Escapes::kPercent | Escapes::kPlus | Escapes::kBackslash | Escapes::kEntity;

// So many bytes without any that an escape begins with: a pending escape of at most
// kLongestEscape - 1 bytes is decided within as many, and then one that it was a part of.
constexpr std::size_t kQuiet = 2 * kLongestEscape;

enum class Role : std::uint8_t {
  kEnds,     // no escape has it but directly after a backslash, where it is the last of the escape
  kWithin,   // may be anywhere in an escape but not begin one
  kTrigger,  // may begin one
};

constexpr std::array<Role, 256> roles() {
  std::array<Role, 256> out{};
  for (const char c : std::string_view("0123456789#;{}")) {
    out[static_cast<unsigned char>(c)] = Role::kWithin;
  }
  for (unsigned char c = 'a'; c <= 'z'; ++c) {
    out[c] = Role::kWithin;
    out[c ^ 0x20u] = Role::kWithin;
  }
  for (const char c : {'%', '\\', '&'}) out[static_cast<unsigned char>(c)] = Role::kTrigger;
  return out;
}

constexpr std::array<Role, 256> kRoles = roles();

}  // namespace

std::size_t settled_position(std::string_view text, std::size_t limit, bool begins) noexcept {
  std::size_t position = limit;
  for (std::size_t at = limit; at > 0; --at) {
    switch (kRoles[static_cast<unsigned char>(text[at - 1])]) {
      case Role::kEnds:
        return position;
      case Role::kTrigger:
        position = at - 1;
        break;
      case Role::kWithin:
        if (position - (at - 1) == kQuiet) return position;
        break;
    }
  }
  return begins ? position : std::string_view::npos;
}

bool SecretSkimmer::is_clear(std::string_view text, std::size_t settled) {
  const Side plain{text, settled};
  if (!is_clear_in(plain)) return false;
  const Escapes in_text = present(text, kAny);
  const Escapes in_all = in_text & Escapes::kAll;
  if (in_all == Escapes::kNone && !is_clear_without_line_breaks(plain)) return false;
  std::array<bool, 16> done{true};
  for (const Escapes reading :
       {Escapes::kAll, Escapes::kPercent, Escapes::kBackslash, Escapes::kEntity, Escapes::kForm}) {
    if (reading == Escapes::kForm && !has_space_) continue;
    const Escapes first = reading & in_text;
    if (std::exchange(done[static_cast<std::size_t>(first)], true)) continue;
    if (!is_clear_decoded(plain, first, in_text)) return false;
  }
  return true;
}

bool SecretSkimmer::is_clear_decoded(Side plain, Escapes first, Escapes in_text) {
  Side once;
  if (!decode(plain, first, once_, once) || !is_clear_in(once)) return false;
  if (first == (in_text & Escapes::kAll) && !is_clear_without_line_breaks(once)) return false;
  // Readings that are the same up to here may differ in what they undo next.
  const Escapes in_once = present(once.text, kAny);
  std::array<bool, 16> done{true};
  for (const Escapes reading :
       {Escapes::kAll, Escapes::kPercent, Escapes::kBackslash, Escapes::kEntity, Escapes::kForm}) {
    if (reading == Escapes::kForm && !has_space_) continue;
    if ((reading & in_text) != first) continue;
    const Escapes second = reading & in_once;
    if (std::exchange(done[static_cast<std::size_t>(second)], true)) continue;
    Side twice;
    if (!decode(once, second, twice_, twice) || !is_clear_in(twice)) return false;
  }
  return true;
}

Escapes SecretSkimmer::present(std::string_view text, Escapes asked) {
  Escapes out = Escapes::kNone;
  const auto look = [&](char c, Escapes escape) {
    const bool is_asked = (asked & escape) != Escapes::kNone;
    if (is_asked && std::memchr(text.data(), c, text.size()) != nullptr) out = out | escape;
  };
  look('%', Escapes::kPercent);
  look('+', Escapes::kPlus);
  look('\\', Escapes::kBackslash);
  look('&', Escapes::kEntity);
  return out;
}

bool SecretSkimmer::decode(Side from, Escapes escapes, std::string& out, Side& made) {
  out.clear();
  if (unescape(from.text.substr(0, from.settled), escapes, out) > 0) return false;
  const std::size_t settled = out.size();
  unescape(from.text.substr(from.settled), escapes, out);
  made = {out, settled};
  return true;
}

bool SecretSkimmer::is_clear_in(Side side) const {
  return side.text.size() - side.settled >= kLeft && !filter_.may_begin_in(side.text);
}

// Base64 is read over them.
bool SecretSkimmer::is_clear_without_line_breaks(Side side) {
  if (side.text.find('\n') == std::string_view::npos &&
      side.text.find('\r') == std::string_view::npos) {
    return true;
  }
  joined_.resize(side.text.size());
  std::size_t to = 0;
  std::size_t settled = 0;
  for (std::size_t at = 0; at < side.text.size(); ++at) {
    if (at == side.settled) settled = to;
    joined_[to] = side.text[at];
    to += side.text[at] != '\n' && side.text[at] != '\r' ? 1 : 0;
  }
  return is_clear_in({std::string_view(joined_).substr(0, to), settled});
}

}  // namespace sublet::policy
