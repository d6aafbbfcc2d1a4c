// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/answers.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "policy/request/escape.h"

namespace sublet::hostcall {
namespace {

// A header's value is bytes; the platform reads them as ISO 8859-1.
void append_latin1(std::string& out, std::string_view text) {
  if (base::is_ascii(text)) return policy::append_json_escaped(out, text);
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | (byte >> 6));
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  policy::append_json_escaped(out, utf8);
}

// Without its end, so that `text` may follow.
std::string head_of(const proxy::RequestAnswer& answer) {
  std::string head = "{\"status\":" + std::to_string(answer.status) +
                     // HTTP/2 has none, and nobody should read one.
                     ",\"statusText\":\"\",\"url\":\"";
  append_latin1(head, answer.url);
  head += answer.redirected ? "\",\"redirected\":true" : "\",\"redirected\":false";
  head += ",\"headers\":[";
  for (std::size_t i = 0; i < answer.headers.size(); ++i) {
    head += i == 0 ? "[\"" : ",[\"";
    append_latin1(head, answer.headers[i].name);
    head += "\",\"";
    append_latin1(head, answer.headers[i].value);
    head += "\"]";
  }
  head += "]";
  return head;
}

}  // namespace

CheckedAnswer answer_request(const proxy::RequestAnswer& answer, std::string_view called) {
  CheckedAnswer made;
  made.passed = answer.limits_reached;
  if (answer.error) {
    made.text = std::string(called) + ": " + answer.error->message;
    made.code = answer.error->code;
    return made;
  }
  made.ok = true;
  std::string head = head_of(answer);
  const std::string& body = *answer.body;
  if (base::is_utf8(body)) {
    head.reserve(head.size() + body.size() + body.size() / 8 + 16);
    head += ",\"text\":\"";
    policy::append_json_escaped(head, body);
    head += "\"}";
    made.text = std::move(head);
    return made;
  }
  // The frame's head is ASCII: what it has beyond that is escaped by nobody, so it goes as \u.
  head += "}";
  std::string ascii;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto byte = static_cast<unsigned char>(head[i]);
    if (byte < 0x80) {
      ascii += head[i];
      continue;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    // append_latin1() makes nothing above U+00FF.
    const unsigned code = ((byte & 3U) << 6) | (static_cast<unsigned char>(head[++i]) & 0x3FU);
    ascii += "\\u00";
    ascii += kHex[code >> 4];
    ascii += kHex[code & 15];
  }
  const auto size = static_cast<std::uint32_t>(ascii.size());
  made.bytes = true;
  made.text.reserve(4 + ascii.size() + body.size());
  for (int shift = 0; shift < 32; shift += 8) made.text += static_cast<char>(size >> shift);
  made.text += ascii;
  made.text += body;
  return made;
}

}  // namespace sublet::hostcall
