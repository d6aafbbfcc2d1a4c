// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/curl/answer_head.h"
#include "adapters/curl/target.h"

// How answers' heads, URLs and addresses are read, without a connection.
namespace sublet::adapters::curl {
namespace {

using Verdict = AnswerHead::Verdict;

Verdict read(AnswerHead& head, std::initializer_list<std::string_view> lines) {
  for (const std::string_view line : lines) {
    if (const Verdict verdict = head.add(line); verdict != Verdict::kGood) return verdict;
  }
  return Verdict::kGood;
}

}  // namespace

TEST_CASE("http head: line ends of both kinds, and no reason") {
  AnswerHead head(1000);
  CHECK(read(head, {"HTTP/1.1 201\n", "A:b\n"}) == Verdict::kGood);
  CHECK(head.status() == 0);
  CHECK(head.add("\r\n") == Verdict::kGood);
  CHECK(head.is_complete());
  CHECK(head.status() == 201);
  CHECK(head.take_headers() == std::vector<HttpHeader>{{"A", "b"}});
}

TEST_CASE("http head: a trailer that looks like a status line is a trailer") {
  AnswerHead head(1000);
  CHECK(read(head, {"HTTP/2 200\r\n", "a: b\r\n", "\r\n", "HTTP/1.1 500 No\r\n", "c: d\r\n",
                    "\r\n"}) == Verdict::kGood);
  CHECK(head.status() == 200);
  CHECK(head.take_headers().size() == 1);
}

TEST_CASE("http head: the bytes of all lines count") {
  AnswerHead head(20);
  CHECK(read(head, {"HTTP/1.1 200\r\n", "a:\r\n", "\r\n"}) == Verdict::kGood);
  CHECK(head.add("\n") == Verdict::kTooLarge);
}

TEST_CASE("http head: a folded value after an empty one") {
  AnswerHead head(1000);
  CHECK(read(head, {"HTTP/1.1 200\r\n", "a:\r\n", "\tb \r\n", "  c\r\n", "\r\n"}) ==
        Verdict::kGood);
  CHECK(head.take_headers() == std::vector<HttpHeader>{{"a", "b c"}});
}

TEST_CASE("http target: what is no URL to be sent") {
  Target target;
  CHECK(read_target("https://a.example/b?c", target));
  CHECK(target.port == 443);
  CHECK(target.host == "a.example");
  CHECK(read_target("http://[::1]:80/", target));
  CHECK(target.host == "[::1]");
  for (const std::string url :
       {"", "a.example", "//a.example/", "ftp://a.example/", "file:///etc/passwd", "https://",
        "https://user@a.example/", "https://user:word@a.example/", "https://a.example/#part",
        "https://a.example:99999/", "https://a.example:0/", "https://a b/", "https://a.example/ b",
        "https://a.example/\r\nB: c"}) {
    CAPTURE(url);
    CHECK_FALSE(read_target(url, target));
  }
  CHECK_FALSE(read_target(std::string("https://a.example/\0b", 20), target));
}

TEST_CASE("http target: addresses as numbers, one way to write each") {
  CHECK(normal_address("192.0.2.1") == "192.0.2.1");
  CHECK(normal_address("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
  for (const std::string none : {"", "localhost", "1", "127.1", "0x7f.0.0.1", "[::1]", "::1%lo",
                                 "192.0.2.1,10.0.0.1", "192.0.2.1 "}) {
    CHECK(normal_address(none).empty());
  }
}

TEST_CASE("http target: a pool's name is one for the same addresses only") {
  const std::string name = alias_of("pool", {"192.0.2.1", "192.0.2.2"});
  CHECK(name == alias_of("pool", {"192.0.2.2", "192.0.2.1"}));
  CHECK(name != alias_of("pool2", {"192.0.2.1", "192.0.2.2"}));
  CHECK(name != alias_of("pool", {"192.0.2.1"}));
  CHECK(alias_of("a", {"b"}) != alias_of("ab", {}));
}

}  // namespace sublet::adapters::curl
