// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrubber.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "policy/request/scrub_search.h"
#include "policy/request/scrub_skimmer.h"

namespace sublet::policy {
namespace {

// What is skimmed at once: of it, everything is searched where a secret may begin.
constexpr std::size_t kBlock = 4096;
// Less is searched, not skimmed.
constexpr std::size_t kWorthSkimming = 256;
// About how much of what was skimmed is searched, for what may begin in it and end after it.
constexpr std::size_t kTail = 128;
// How far before a position a settled one is looked for.
constexpr std::size_t kReach = 1024;

std::vector<std::string> long_enough(std::span<const std::string> secrets) {
  std::vector<std::string> out;
  for (const std::string& secret : secrets) {
    if (secret.size() >= kMinScrubbedBytes) out.push_back(secret);
  }
  return out;
}

}  // namespace

Scrubber::Scrubber(std::span<const std::string> secrets)
    : matcher_(long_enough(secrets)), filter_(long_enough(secrets)) {
  has_space_ = std::any_of(secrets.begin(), secrets.end(), [](const std::string& secret) {
    return secret.find(' ') != std::string::npos;
  });
}

// Where the text's end is settled, whatever comes after it changes nothing before it: zero bytes
// let the filter see the last ones.
bool Scrubber::is_clear(std::string_view text) const {
  if (empty()) return true;
  if (text.size() > kBlock || settled_position(text, text.size(), true) != text.size()) {
    return false;
  }
  std::array<char, kBlock + SecretSkimmer::kLeft> padded;  // NOLINT: filled as far as it is read
  const auto end = std::copy(text.begin(), text.end(), padded.begin());
  std::fill_n(end, SecretSkimmer::kLeft, '\0');
  SecretSkimmer skimmer(filter_, has_space_);
  return skimmer.is_clear({padded.data(), text.size() + SecretSkimmer::kLeft}, text.size());
}

std::string Scrubber::scrub(std::string_view text) const {
  if (is_clear(text)) return std::string(text);
  constexpr std::size_t kPiece = 16u << 10;
  ScrubStream stream(*this);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += kPiece) {
    out += stream.push(text.substr(at, kPiece));
  }
  out += stream.finish();
  return out;
}

// Skims the text where no secret may begin, and searches it where one may.
class ScrubStream::Search {
 public:
  explicit Search(const Scrubber& scrubber)
      : is_empty_(scrubber.empty()),
        search_(scrubber.matcher_, scrubber.has_space_),
        skimmer_(scrubber.filter_, scrubber.has_space_) {}

  std::string push(std::string_view piece) {
    if (is_empty_) return std::string(piece);
    text_ += piece;
    while (end() - search_.position() >= kWorthSkimming) {
      const std::uint64_t to = std::min(end(), search_.position() + kBlock);
      if (!skim(to)) search(to);
    }
    search(end());
    std::string out = pass_on(search_.undecided());
    forget();
    return out;
  }

  std::string finish() {
    if (is_empty_) return {};
    search_.finish();
    return pass_on(end());
  }

 private:
  std::uint64_t end() const { return base_ + text_.size(); }

  std::string_view between(std::uint64_t from, std::uint64_t to) const {
    return std::string_view(text_).substr(from - base_, to - from);
  }

  void search(std::uint64_t to) { search_.push(between(search_.position(), to)); }

  std::uint64_t settled_before(std::uint64_t limit) const {
    const std::uint64_t from = limit - std::min<std::uint64_t>(limit - base_, kReach);
    const std::size_t found = settled_position(between(from, limit), limit - from, from == 0);
    return found == std::string_view::npos ? kNoPosition : from + found;
  }

  // Goes on near `to` if no secret begins before that.
  bool skim(std::uint64_t to) {
    const std::uint64_t undecided = search_.undecided();
    if (search_.position() - undecided > kReach) return false;
    const std::uint64_t from = settled_before(undecided);
    const std::uint64_t next = settled_before(to - kTail);
    if (from == kNoPosition || next == kNoPosition || next <= search_.position()) return false;
    if (!skimmer_.is_clear(between(from, to), next - from)) return false;
    search_.restart(next);
    return true;
  }

  // Everything before `limit`, or before the secret that reaches beyond it.
  std::string pass_on(std::uint64_t limit) {
    std::vector<FoundSecret>& found = search_.found();
    std::sort(found.begin(), found.end(),
              [](const FoundSecret& a, const FoundSecret& b) { return a.start < b.start; });
    std::string out;
    std::uint64_t at = passed_;
    std::size_t done = 0;
    while (done < found.size()) {
      const std::uint64_t start = found[done].start;
      std::uint64_t end = found[done].end;
      std::size_t next = done + 1;
      for (; next < found.size() && found[next].start < end; ++next) {
        end = std::max(end, found[next].end);
      }
      if (end > limit) {
        limit = std::min(limit, start);
        break;
      }
      out += between(at, start);
      out += kScrubbed;
      at = end;
      done = next;
    }
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(done));
    if (at < limit) {
      out += between(at, limit);
      at = limit;
    }
    passed_ = at;
    return out;
  }

  // What was passed on, but for what may say where skimming can begin.
  void forget() {
    const std::uint64_t kept = std::min(passed_ - base_, std::uint64_t{kReach});
    text_.erase(0, passed_ - kept - base_);
    base_ = passed_ - kept;
  }

  bool is_empty_;
  SecretSearch search_;
  SecretSkimmer skimmer_;
  std::string text_;
  std::uint64_t base_ = 0;    // where in the whole text text_ begins
  std::uint64_t passed_ = 0;  // what of the whole text was passed on
};

ScrubStream::ScrubStream(const Scrubber& scrubber) : search_(std::make_unique<Search>(scrubber)) {}
ScrubStream::ScrubStream(ScrubStream&&) noexcept = default;
ScrubStream::~ScrubStream() = default;

std::string ScrubStream::push(std::string_view piece) { return search_->push(piece); }

std::string ScrubStream::finish() { return search_->finish(); }

}  // namespace sublet::policy
