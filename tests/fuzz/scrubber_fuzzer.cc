// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/fuzz_check.h"
#include "policy/request/scrubber.h"
#include "unit/policy/request/scrub_encodings.h"

namespace {

using namespace sublet;

std::string in_pieces(const policy::Scrubber& scrubber, std::string_view text, std::size_t size) {
  policy::ScrubStream stream(scrubber);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) out += stream.push(text.substr(at, size));
  return out + stream.finish();
}

// Printable ASCII without what "[secret]" is made of, so that the replacement is never a part.
std::string secret_from(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 40)) {
    const auto made = static_cast<char>('!' + static_cast<unsigned char>(c) % 94);
    if (made != '[' && made != ']') out += made;
  }
  return out;
}

// Pieces of so many bytes are searched byte by byte; what is larger is skimmed first.
constexpr std::size_t kSearched = 255;

}  // namespace

// The size of pieces in a byte; then, apart by zero bytes, a secret, and what stands before and
// after it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0] % 37;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string secret = secret_from(text.substr(0, end));
  if (secret.size() < 8 || std::string_view("secret").find(secret) != std::string_view::npos)
    return 0;
  const std::string_view around = end == text.size() ? "" : text.substr(end + 1);
  const std::size_t middle = std::min(around.find('\0'), around.size());
  const std::string before(around.substr(0, middle));
  const std::string quiet(400, '.');
  const policy::Scrubber scrubber(std::vector<std::string>{secret});
  for (const test::Encoded& one : test::encodings_of(secret)) {
    const std::string whole = before + " " + one.text + " " + std::string(around.substr(middle));
    const std::string out = scrubber.scrub(whole);
    FUZZ_CHECK(out.find(one.text) == std::string::npos);
    FUZZ_CHECK(out.find(policy::kScrubbed) != std::string::npos);
    FUZZ_CHECK(out == in_pieces(scrubber, whole, piece));
    const std::string longer = quiet + whole + quiet + whole;
    FUZZ_CHECK(scrubber.scrub(longer) == in_pieces(scrubber, longer, kSearched));
  }
  return 0;
}
