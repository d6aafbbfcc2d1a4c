// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "events/webhook_payload.h"
#include "fuzz/fuzz_check.h"
#include "policy/events/webhook_secrets.h"
#include "policy/events/webhook_signature.h"
#include "policy/events/webhook_target.h"

namespace {

using namespace sublet;
using policy::SignatureFault;
using policy::SignatureScheme;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'600'000'000)};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// "name: value" on each line, up to an empty one; the body is the rest.
policy::HttpFields take_headers(std::string_view& text) {
  policy::HttpFields headers;
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.push_back({std::string(line.substr(0, colon)),
                       std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  return headers;
}

// Nobody guesses a signature; and what has a fault has nothing to compare.
void check_scheme(SignatureScheme scheme, const policy::HttpFields& headers,
                  std::string_view body) {
  policy::WebhookDeclaration declared;
  declared.scheme = scheme;
  declared.signature_header = "X-Sig";
  declared.signature_prefix = "v=";
  declared.timestamp_header = "X-Time";
  const policy::SignatureFields fields = policy::read_signature_fields(declared, headers);
  FUZZ_CHECK((fields.fault == SignatureFault::kNone) == !fields.signatures.empty());
  FUZZ_CHECK(fields.signatures.size() <= policy::kMostSignatures);
  for (const std::string& signature : fields.signatures) FUZZ_CHECK(signature.size() == 32);
  const auto checked =
      policy::check_signature(declared, "a key that nobody has", headers, body, kNow);
  FUZZ_CHECK(checked.fault != SignatureFault::kNone && checked.key.empty());
  FUZZ_CHECK(!policy::to_string(checked.fault).empty());
}

void check_target(const std::string& target) {
  const std::string_view address = policy::webhook_address(target);
  FUZZ_CHECK(address.empty() || address.size() == policy::kWebhookAddressBytes);
  FUZZ_CHECK(policy::webhook_query(target).size() <= policy::kMostQueryFields);
  FUZZ_CHECK(address.empty() || policy::webhook_address("https://h/x/" + std::string(address) +
                                                        "?/" + target) == address);
}

void check_keys(std::string_view text) {
  for (const auto scheme : {SignatureScheme::kHmac, SignatureScheme::kStandard}) {
    const auto keys = policy::webhook_keys(scheme, text);
    FUZZ_CHECK(keys.size() <= 5);
    for (const std::string& key : keys) FUZZ_CHECK(!key.empty());
  }
}

void check_payload(const WebhookRequest& request, const policy::HttpFields& headers) {
  const policy::WebhookDeclaration declared;
  for (const std::size_t most : {std::size_t{64}, std::size_t{512}, std::size_t{1} << 20}) {
    const auto payload = events::webhook_payload(declared, request, headers, {most, 8});
    if (!payload) continue;
    FUZZ_CHECK(payload->size() <= most);
    FUZZ_CHECK(base::scan_json(*payload, 8).ok());
  }
  (void)events::slack_challenge(request.body);
}

}  // namespace

// A request that anybody sends to an address: target, headers, an empty line, body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_keys(text);
  WebhookRequest request;
  request.method = "POST";
  request.target = take_line(text);
  check_target(request.target);
  const policy::HttpFields headers = take_headers(text);
  request.body = text;
  for (const auto scheme :
       {SignatureScheme::kHmac, SignatureScheme::kGitHub, SignatureScheme::kStripe,
        SignatureScheme::kSlack, SignatureScheme::kStandard}) {
    check_scheme(scheme, headers, text);
  }
  check_payload(request, headers);
  return 0;
}
