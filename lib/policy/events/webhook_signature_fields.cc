// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_signature_fields.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kSignatureBytes = 32;
constexpr std::size_t kMostTimestamp = 12;  // digits
constexpr std::size_t kMostId = 256;

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() != 2 * kSignatureBytes) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = base::hex_value(text[at]);
    const int low = base::hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  auto bytes = base::decode_base64(text);
  if (bytes && bytes->size() != kSignatureBytes) bytes.reset();
  return bytes;
}

// Digits and nothing else: what stands there is signed as it is.
std::optional<std::chrono::sys_seconds> from_timestamp(std::string_view text) {
  if (text.empty() || text.size() > kMostTimestamp) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    seconds = seconds * 10 + (digit - '0');
  }
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

// Reads the headers of one request; the first fault stays.
class Reader {
 public:
  explicit Reader(const HttpFields& headers) : headers_(headers) {}

  // Empty after a fault.
  std::string_view header(std::string_view name) {
    const std::vector<std::string_view> values = values_of(headers_, name);
    if (values.empty()) fault(SignatureFault::kMissing);
    if (values.size() > 1) fault(SignatureFault::kTwice);
    return values.size() == 1 ? values.front() : std::string_view();
  }
  std::string_view after(std::string_view prefix, std::string_view text) {
    if (text.starts_with(prefix)) return text.substr(prefix.size());
    fault(SignatureFault::kMalformed);
    return {};
  }
  void signature(std::optional<std::string> bytes) {
    if (!bytes || made_.signatures.size() == kMostSignatures) return fault(kBad);
    made_.signatures.push_back(*std::move(bytes));
  }
  void timestamp(std::string_view text) {
    made_.signed_at = from_timestamp(text);
    if (!made_.signed_at) fault(kBad);
  }
  void fault(SignatureFault fault) {
    if (made_.fault == SignatureFault::kNone) made_.fault = fault;
  }
  SignatureFields& made() { return made_; }

  SignatureFields finish() {
    if (made_.signatures.empty()) fault(kBad);
    if (made_.fault != SignatureFault::kNone) made_.signatures.clear();
    return std::move(made_);
  }

 private:
  static constexpr SignatureFault kBad = SignatureFault::kMalformed;

  const HttpFields& headers_;
  SignatureFields made_;
};

// Calls `part` for each text between separators.
template <typename Part>
void split(std::string_view text, char separator, Part part) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    part(trim_field(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void read_hmac(Reader& reader, const WebhookDeclaration& declared) {
  const std::string_view text =
      reader.after(declared.signature_prefix, reader.header(declared.signature_header));
  // 32 bytes are 43 or 44 characters of base64, so that neither can be taken for the other.
  reader.signature(text.size() == 2 * kSignatureBytes ? from_hex(text) : from_base64(text));
  if (declared.timestamp_header.empty()) return;
  const std::string_view timestamp = reader.header(declared.timestamp_header);
  reader.timestamp(timestamp);
  reader.made().before = std::string(timestamp) + ".";
}

void read_github(Reader& reader) {
  reader.signature(from_hex(reader.after("sha256=", reader.header("X-Hub-Signature-256"))));
}

// "t=1492774577,v1=...,v1=...,v0=...": what is not v1 is not ours to trust.
void read_stripe(Reader& reader) {
  std::size_t timestamps = 0;
  split(reader.header("Stripe-Signature"), ',', [&](std::string_view part) {
    if (part.starts_with("v1=")) reader.signature(from_hex(part.substr(3)));
    if (!part.starts_with("t=")) return;
    reader.timestamp(part.substr(2));
    reader.made().before = std::string(part.substr(2)) + ".";
    ++timestamps;
  });
  if (timestamps != 1) reader.fault(SignatureFault::kMalformed);
}

void read_slack(Reader& reader) {
  reader.signature(from_hex(reader.after("v0=", reader.header("X-Slack-Signature"))));
  const std::string_view timestamp = reader.header("X-Slack-Request-Timestamp");
  reader.timestamp(timestamp);
  reader.made().before = "v0:" + std::string(timestamp) + ":";
}

// An id with a full stop could be cut in two ways: which one was signed, nobody could say.
bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostId &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~' && c != '.'; });
}

void read_standard(Reader& reader) {
  const std::string_view id = reader.header("webhook-id");
  if (!is_message_id(id)) reader.fault(SignatureFault::kMalformed);
  const std::string_view timestamp = reader.header("webhook-timestamp");
  reader.timestamp(timestamp);
  split(reader.header("webhook-signature"), ' ', [&](std::string_view part) {
    if (part.starts_with("v1,")) reader.signature(from_base64(part.substr(3)));
  });
  reader.made().id = std::string(id);
  reader.made().before = std::string(id) + "." + std::string(timestamp) + ".";
}

}  // namespace

std::string_view to_string(SignatureFault fault) noexcept {
  switch (fault) {
    case SignatureFault::kMissing:
      return "signature_missing";
    case SignatureFault::kTwice:
      return "signature_twice";
    case SignatureFault::kMalformed:
      return "signature_malformed";
    case SignatureFault::kNoSecret:
      return "signature_no_secret";
    case SignatureFault::kWrong:
      return "signature";
    case SignatureFault::kTooOld:
      return "signature_too_old";
    case SignatureFault::kTooNew:
      return "signature_too_new";
    case SignatureFault::kNone:
      break;
  }
  return "";
}

SignatureFields read_signature_fields(const WebhookDeclaration& declared,
                                      const HttpFields& headers) {
  Reader reader(headers);
  switch (declared.scheme) {
    case SignatureScheme::kNone:
      break;
    case SignatureScheme::kHmac:
      read_hmac(reader, declared);
      break;
    case SignatureScheme::kGitHub:
      read_github(reader);
      break;
    case SignatureScheme::kStripe:
      read_stripe(reader);
      break;
    case SignatureScheme::kSlack:
      read_slack(reader);
      break;
    case SignatureScheme::kStandard:
      read_standard(reader);
      break;
  }
  return reader.finish();
}

}  // namespace sublet::policy
