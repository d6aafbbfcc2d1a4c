// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/placeholders.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::hostcall {
namespace {

constexpr std::string_view kNonce = "00112233445566778899aabbccddeeff";

std::string hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string placeholder(std::string_view json, std::string_view nonce = kNonce) {
  return "sublet-secret-" + std::string(nonce) + "-" + hex(json) + "-";
}

// The text with placeholders replaced: "S(name)", "T(provider,user)"; or "refused".
std::string replaced(const std::string& text, std::string_view nonce = kNonce,
                     std::vector<std::string>* told = nullptr) {
  const auto value = [](const Placeholder& found) -> Result<std::string> {
    if (found.text == "denied") return Error{ErrorCode::kInvalidArgument, "denied"};
    if (found.kind == Placeholder::Kind::kSecret) return "S(" + found.text + ")";
    return "T(" + found.text + "," + found.user + ")";
  };
  const auto result = replace_placeholders(text, nonce, value, [&](std::string put) {
    if (told != nullptr) told->push_back(std::move(put));
  });
  return result ? *result : "refused";
}

TEST_CASE("placeholders: text without any stays as it is") {
  CHECK(replaced("") == "");
  CHECK(replaced("Bearer abc") == "Bearer abc");
  CHECK(replaced("<%= secret.x %>") == "<%= secret.x %>");
}

TEST_CASE("placeholders: secrets and tokens, several in a text") {
  std::vector<std::string> told;
  const std::string text = "a " + placeholder(R"({"secret":"key"})") + " b " +
                           placeholder(R"({"token":"crm","user":"u-1"})") + " c";
  CHECK(replaced(text, kNonce, &told) == "a S(key) b T(crm,u-1) c");
  CHECK(told == std::vector<std::string>{"S(key)", "T(crm,u-1)"});
}

TEST_CASE("placeholders: what is encoded may hold others, and both are told") {
  std::vector<std::string> told;
  const std::string inner = "user:" + placeholder(R"({"secret":"key"})");
  const std::string text = "Basic " + placeholder(R"({"encode":")" + inner + R"("})");
  CHECK(replaced(text, kNonce, &told) == "Basic dXNlcjpTKGtleSk=");
  CHECK(told == std::vector<std::string>{"S(key)", "dXNlcjpTKGtleSk="});
}

TEST_CASE("placeholders: what begins as one and is none is refused, and so is another's") {
  const std::string good = placeholder(R"({"secret":"key"})");
  CHECK(replaced(good) == "S(key)");
  CHECK(replaced(good, "") == "refused");
  CHECK(replaced(good, "ffffffffffffffffffffffffffffffff") == "refused");
  CHECK(replaced("sublet-secret-") == "refused");
  CHECK(replaced(good.substr(0, good.size() - 1)) == "refused");
  CHECK(replaced("sublet-secret-" + std::string(kNonce)) == "refused");
  CHECK(replaced("sublet-secret-" + std::string(kNonce) + "-zz-") == "refused");
  CHECK(replaced("sublet-secret-" + std::string(kNonce) + "-7-") == "refused");
  for (const char* json : {"[]", "{}", "7", R"({"secret":7})", R"({"other":"x"})", "{",
                           R"({"secret":"a","token":"b"})", R"({"secret":{"a":1}})"}) {
    CAPTURE(json);
    CHECK(replaced(placeholder(json)) == "refused");
  }
}

TEST_CASE("placeholders: a refusal of the value refuses the text") {
  CHECK(replaced(placeholder(R"({"secret":"denied"})")) == "refused");
  CHECK(replaced(placeholder(R"({"encode":")" + placeholder(R"({"secret":"denied"})") + R"("})")) ==
        "refused");
}

TEST_CASE("placeholders: nesting ends") {
  std::string text = placeholder(R"({"secret":"key"})");
  for (int i = 0; i < 4; ++i) text = placeholder(R"({"encode":")" + text + R"("})");
  CHECK(replaced(text) == "refused");
}

}  // namespace
}  // namespace sublet::hostcall
