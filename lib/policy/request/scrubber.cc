// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrubber.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "policy/request/scrub_decoders.h"

namespace sublet::policy {
namespace {

constexpr std::uint64_t kNowhere = std::numeric_limits<std::uint64_t>::max();

struct Found {
  std::uint64_t start;
  std::uint64_t end;
};

std::vector<std::string> long_enough(std::span<const std::string> secrets) {
  std::vector<std::string> out;
  for (const std::string& secret : secrets) {
    if (secret.size() >= kMinScrubbedBytes) out.push_back(secret);
  }
  return out;
}

// Looks for the secrets in one way to read the text.
class Reading {
 public:
  Reading(const SecretMatcher& matcher, std::vector<Found>& found)
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
    return state_ == SecretMatcher::kRoot ? kNowhere : start_of(matcher_.depth(state_));
  }

 private:
  // Several readings find the same secret, and a secret may overlap itself: one is kept of those.
  void report(const Found& made) {
    if (!found_.empty() && made.start < found_.back().end && found_.back().start < made.end) {
      Found& last = found_.back();
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
  std::vector<Found>& found_;
  std::vector<std::uint64_t> starts_;
  std::size_t next_ = 0;
  SecretMatcher::State state_ = SecretMatcher::kRoot;
};

// A way to read the text that undoes escapes, and then perhaps undoes them once more.
class EscapedReading {
 public:
  EscapedReading(Escapes escapes, const SecretMatcher& matcher, std::vector<Found>& found)
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

  std::uint64_t begins() const {
    return std::min({once_.begins(kNowhere), twice_.begins(kNowhere), read_once_.begins(),
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

}  // namespace

Scrubber::Scrubber(std::span<const std::string> secrets) : matcher_(long_enough(secrets)) {
  has_space_ = std::any_of(secrets.begin(), secrets.end(), [](const std::string& secret) {
    return secret.find(' ') != std::string::npos;
  });
}

std::string Scrubber::scrub(std::string_view text) const {
  if (empty()) return std::string(text);
  constexpr std::size_t kPiece = 16u << 10;
  ScrubStream stream(*this);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += kPiece) {
    out += stream.push(text.substr(at, kPiece));
  }
  out += stream.finish();
  return out;
}

// All readings of one text, and what of it has not been passed on.
class ScrubStream::Search {
 public:
  explicit Search(const Scrubber& scrubber)
      : matcher_(scrubber.matcher_), has_space_(scrubber.has_space_) {}

  std::string push(std::string_view piece) {
    if (matcher_.longest() == 0) return std::string(piece);
    held_ += piece;
    for (const char c : piece) {
      read({static_cast<unsigned char>(c), seen_, seen_ + 1});
      ++seen_;
    }
    return pass_on(undecided());
  }

  std::string finish() {
    if (matcher_.longest() == 0) return {};
    const auto nobody = [](const DecodedByte&) {};
    percent_.finish(nobody);
    backslash_.finish(nobody);
    entity_.finish(nobody);
    form_.finish(nobody);
    all_.finish([&](const DecodedByte& byte) { read_runs(byte); });
    base64_.finish([&](std::size_t at, const DecodedByte& byte) { in_base64_[at].push(byte); },
                   [&](std::size_t at) { in_base64_[at].cut(); });
    return pass_on(seen_);
  }

 private:
  void read(const DecodedByte& byte) {
    const auto nobody = [](const DecodedByte&) {};
    plain_.push(byte);
    percent_.push(byte, nobody);
    backslash_.push(byte, nobody);
    entity_.push(byte, nobody);
    if (has_space_) form_.push(byte, nobody);
    all_.push(byte, [&](const DecodedByte& one) { read_runs(one); });
  }

  void read_runs(const DecodedByte& byte) {
    hex_.push(
        byte, [&](std::size_t at, const DecodedByte& made) { in_hex_[at].push(made); },
        [&](std::size_t at) { in_hex_[at].cut(); });
    base64_.push(
        byte, [&](std::size_t at, const DecodedByte& made) { in_base64_[at].push(made); },
        [&](std::size_t at) { in_base64_[at].cut(); });
  }

  // From where on a secret may have begun that has not ended.
  std::uint64_t undecided() const {
    std::uint64_t first =
        std::min({seen_, plain_.begins(), percent_.begins(), backslash_.begins(), entity_.begins(),
                  form_.begins(), all_.begins(), hex_.begins(kNowhere), base64_.begins(kNowhere)});
    for (const Reading& reading : in_hex_) first = std::min(first, reading.begins());
    for (const Reading& reading : in_base64_) first = std::min(first, reading.begins());
    return first;
  }

  std::string_view held(std::uint64_t from, std::uint64_t to) const {
    return std::string_view(held_).substr(from - passed_, to - from);
  }

  // Everything before `limit`, or before the secret that reaches beyond it.
  std::string pass_on(std::uint64_t limit) {
    std::sort(found_.begin(), found_.end(),
              [](const Found& a, const Found& b) { return a.start < b.start; });
    std::string out;
    std::uint64_t at = passed_;
    std::size_t done = 0;
    while (done < found_.size()) {
      const std::uint64_t start = found_[done].start;
      std::uint64_t end = found_[done].end;
      std::size_t next = done + 1;
      for (; next < found_.size() && found_[next].start < end; ++next) {
        end = std::max(end, found_[next].end);
      }
      if (end > limit) {
        limit = std::min(limit, start);
        break;
      }
      out += held(at, start);
      out += kScrubbed;
      at = end;
      done = next;
    }
    found_.erase(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(done));
    if (at < limit) {
      out += held(at, limit);
      at = limit;
    }
    held_.erase(0, at - passed_);
    passed_ = at;
    return out;
  }

  const SecretMatcher& matcher_;
  bool has_space_;
  std::vector<Found> found_;
  std::string held_;
  std::uint64_t passed_ = 0;  // bytes of the text that are not in held_ any more
  std::uint64_t seen_ = 0;

  Reading plain_{matcher_, found_};
  EscapedReading percent_{Escapes::kPercent, matcher_, found_};
  EscapedReading backslash_{Escapes::kBackslash, matcher_, found_};
  EscapedReading entity_{Escapes::kEntity, matcher_, found_};
  EscapedReading form_{static_cast<Escapes>(static_cast<unsigned>(Escapes::kPercent) |
                                            static_cast<unsigned>(Escapes::kPlus)),
                       matcher_, found_};
  EscapedReading all_{Escapes::kAll, matcher_, found_};
  HexDecoder hex_;
  Base64Decoder base64_;
  std::array<Reading, 2> in_hex_{Reading(matcher_, found_), Reading(matcher_, found_)};
  std::array<Reading, 4> in_base64_{Reading(matcher_, found_), Reading(matcher_, found_),
                                    Reading(matcher_, found_), Reading(matcher_, found_)};
};

ScrubStream::ScrubStream(const Scrubber& scrubber) : search_(std::make_unique<Search>(scrubber)) {}
ScrubStream::ScrubStream(ScrubStream&&) noexcept = default;
ScrubStream::~ScrubStream() = default;

std::string ScrubStream::push(std::string_view piece) { return search_->push(piece); }

std::string ScrubStream::finish() { return search_->finish(); }

}  // namespace sublet::policy
