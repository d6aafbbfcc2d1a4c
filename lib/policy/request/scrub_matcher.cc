// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_matcher.h"

#include <algorithm>

namespace sublet::policy {

SecretMatcher::SecretMatcher(std::span<const std::string> texts) {
  for (const std::string& text : texts) add(text);
  link();
}

void SecretMatcher::add(const std::string& text) {
  State at = kRoot;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    State child = child_of(at, byte);
    if (child == kRoot) {
      child = static_cast<State>(nodes_.size());
      Node& made = nodes_.emplace_back();
      made.byte = byte;
      made.depth = nodes_[at].depth + 1;
      made.next_sibling = nodes_[at].first_child;
      nodes_[at].first_child = child;
      if (at == kRoot) roots_[byte] = child;
    }
    at = child;
  }
  nodes_[at].matched = nodes_[at].depth;
  longest_ = std::max(longest_, text.size());
}

// Breadth first: where a node fails to is nearer to the root, and ready.
void SecretMatcher::link() {
  std::vector<State> order{kRoot};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const State parent = order[i];
    for (State child = nodes_[parent].first_child; child != kRoot;
         child = nodes_[child].next_sibling) {
      Node& node = nodes_[child];
      if (parent != kRoot) node.fail = step(nodes_[parent].fail, node.byte);
      node.matched = std::max(node.matched, nodes_[node.fail].matched);
      order.push_back(child);
    }
  }
}

}  // namespace sublet::policy
