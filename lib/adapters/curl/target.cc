// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/target.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/sha256.h"

namespace sublet::adapters::curl {
namespace {

// A fragment is for the caller alone; the other would end the text early.
constexpr std::string_view kNever("#\0", 2);

struct FreeText {
  void operator()(char* text) const noexcept { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  const std::unique_ptr<char, FreeText> owned(text);
  return text;
}

}  // namespace

bool read_target(const std::string& url, Target& target) {
  target.url.reset(curl_url());
  CURLU* read = target.url.get();
  // As it is: what was judged is what is sent.
  if (read == nullptr || url.find_first_of(kNever) != std::string::npos) return false;
  if (curl_url_set(read, CURLUPART_URL, url.c_str(), CURLU_PATH_AS_IS | CURLU_DISALLOW_USER) !=
      CURLUE_OK) {
    return false;
  }
  const std::string scheme = part_of(read, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return false;
  target.host = part_of(read, CURLUPART_HOST);
  const std::string port = part_of(read, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto read_port = std::from_chars(port.data(), port.data() + port.size(), target.port);
  return !target.host.empty() && read_port.ec == std::errc() && target.port != 0;
}

std::string normal_address(const std::string& address) {
  unsigned char bytes[sizeof(in6_addr)];
  char text[INET6_ADDRSTRLEN] = "";
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, address.c_str(), bytes) != 1) continue;
    (void)::inet_ntop(family, bytes, text, sizeof text);
    break;
  }
  return text;
}

std::string alias_of(std::string_view pool, std::vector<std::string> addresses) {
  // The order in which a resolver names them says nothing.
  std::sort(addresses.begin(), addresses.end());
  base::Sha256 hash;
  hash.update_sized(pool);
  for (const std::string& address : addresses) hash.update_sized(address);
  return base::to_hex(hash.finish()) + ".invalid";
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::string pin_of(const std::string& alias, std::uint16_t port,
                   const std::vector<std::string>& addresses) {
  std::string pin = alias + ":" + std::to_string(port) + ":";
  for (const std::string& address : addresses) {
    if (&address != &addresses.front()) pin += ",";
    pin += bracketed(address);
  }
  return pin;
}

}  // namespace sublet::adapters::curl
