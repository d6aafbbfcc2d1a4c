// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "policy/request/scrub_decoders.h"
#include "policy/request/scrub_matcher.h"

namespace sublet::policy {

inline constexpr std::uint64_t kNoPosition = std::numeric_limits<std::uint64_t>::max();

struct FoundSecret {
  std::uint64_t start;  // in the text
  std::uint64_t end;
};

// Looks for the secrets in one way to read the text.
class Reading {
 public:
  Reading(const SecretMatcher& matcher, std::vector<FoundSecret>& found)
      : matcher_(matcher), found_(found), starts_(matcher.longest()) {}

  void push(const DecodedByte& byte) {
    state_ = matcher_.step(state_, byte.value);
    // Where each of the last bytes began matters only while they may belong to a secret.
    if (state_ == SecretMatcher::kRoot) return;
    starts_[next_] = byte.start;
    next_ = next_ + 1 == starts_.size() ? 0 : next_ + 1;
    const std::size_t matched = matcher_.matched(state_);
    if (matched > 0) report({start_of(matched), byte.end});
  }

  void cut() { state_ = SecretMatcher::kRoot; }

  // Where what may be the beginning of a secret begins.
  std::uint64_t begins() const {
    return state_ == SecretMatcher::kRoot ? kNoPosition : start_of(matcher_.depth(state_));
  }

 private:
  // Several readings find the same secret, and a secret may overlap itself: one is kept of those.
  void report(const FoundSecret& made) {
    if (!found_.empty() && made.start < found_.back().end && found_.back().start < made.end) {
      FoundSecret& last = found_.back();
      last = {std::min(last.start, made.start), std::max(last.end, made.end)};
    } else {
      found_.push_back(made);
    }
  }

  // Of the byte that came so many bytes ago, the last being 1.
  std::uint64_t start_of(std::size_t ago) const {
    return starts_[next_ >= ago ? next_ - ago : next_ + starts_.size() - ago];
  }

  const SecretMatcher& matcher_;
  std::vector<FoundSecret>& found_;
  std::vector<std::uint64_t> starts_;
  std::size_t next_ = 0;
  SecretMatcher::State state_ = SecretMatcher::kRoot;
};

// A way to read the text that undoes escapes, and then perhaps undoes them once more.
class EscapedReading {
 public:
  EscapedReading(Escapes escapes, const SecretMatcher& matcher, std::vector<FoundSecret>& found)
      : once_(escapes), twice_(escapes), read_once_(matcher, found), read_twice_(matcher, found) {}

  // `also` sees what was unescaped once.
  template <typename Also>
  void push(const DecodedByte& byte, Also also) {
    once_.push(byte, [&](const DecodedByte& one) { pass(one, also); });
  }

  template <typename Also>
  void finish(Also also) {
    once_.finish([&](const DecodedByte& one) { pass(one, also); });
    twice_.finish([&](const DecodedByte& two) { read_twice_.push(two); });
  }

  void reset() {
    once_.reset();
    twice_.reset();
    read_once_.cut();
    read_twice_.cut();
  }

  std::uint64_t begins() const {
    return std::min({once_.begins(kNoPosition), twice_.begins(kNoPosition), read_once_.begins(),
                     read_twice_.begins()});
  }

 private:
  template <typename Also>
  void pass(const DecodedByte& one, Also& also) {
    read_once_.push(one);
    twice_.push(one, [&](const DecodedByte& two) { read_twice_.push(two); });
    also(one);
  }

  Unescaper once_;
  Unescaper twice_;
  Reading read_once_;
  Reading read_twice_;
};

}  // namespace sublet::policy
