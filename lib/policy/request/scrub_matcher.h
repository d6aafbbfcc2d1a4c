// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sublet::policy {

// Finds any of several texts in one pass: Aho and Corasick, "Efficient string matching: an aid to
// bibliographic search" (1975). Its size is that of the texts.
//
// Ownership: owns what it needs of the texts.
// Thread safety: immutable.
class SecretMatcher {
 public:
  using State = std::uint32_t;
  static constexpr State kRoot = 0;

  explicit SecretMatcher(std::span<const std::string> texts);

  State step(State state, unsigned char byte) const noexcept {
    while (state != kRoot) {
      const State child = child_of(state, byte);
      if (child != kRoot) return child;
      state = nodes_[state].fail;
    }
    return roots_[byte];
  }
  // The length of the longest text that ends here, or 0.
  std::size_t matched(State state) const noexcept { return nodes_[state].matched; }
  // How many of the last bytes may be the beginning of a text.
  std::size_t depth(State state) const noexcept { return nodes_[state].depth; }
  std::size_t longest() const noexcept { return longest_; }

 private:
  struct Node {
    State first_child = kRoot;
    State next_sibling = kRoot;
    State fail = kRoot;
    std::uint32_t matched = 0;
    std::uint32_t depth = 0;
    unsigned char byte = 0;
  };

  State child_of(State state, unsigned char byte) const noexcept {
    State child = nodes_[state].first_child;
    while (child != kRoot && nodes_[child].byte != byte) child = nodes_[child].next_sibling;
    return child;
  }
  void add(const std::string& text);
  void link();

  std::vector<Node> nodes_{1};
  std::array<State, 256> roots_{};
  std::size_t longest_ = 0;
};

}  // namespace sublet::policy
