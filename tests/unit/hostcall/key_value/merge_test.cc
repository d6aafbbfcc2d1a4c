// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "hostcall/key_value/buffer.h"

namespace sublet::hostcall {
namespace {

KeyValueEntry entry(std::string key, std::string value = "1") {
  KeyValueEntry made;
  made.key = std::move(key);
  made.value.data = std::move(value);
  made.version = 1;
  return made;
}

std::string keys(const MergedPage& page) {
  std::string text;
  for (const KeyValueEntry& each : page.entries) {
    text += each.key + (each.version == 0 ? "* " : " ");
  }
  return text + (page.cursor ? "| " + *page.cursor : "");
}

const std::shared_ptr<const KeyValueValue> kRemoved;
const auto kWritten =
    std::make_shared<const KeyValueValue>(KeyValueValue{KeyValueType::kJson, "2"});

}  // namespace

TEST_CASE("merge: own writes take their place, own removals are gone") {
  KeyValueList request;
  const OwnWrites own = {{"a", kWritten}, {"b", kRemoved}, {"d", kWritten}};
  CHECK(keys(merge_page({{entry("b"), entry("c"), entry("d")}, false}, own, request)) ==
        "a* c d* ");
  request.reverse = true;
  CHECK(keys(merge_page({{entry("d"), entry("c"), entry("b")}, false}, own, request)) ==
        "d* c a* ");
}

TEST_CASE("merge: what lies beyond a page that has more belongs to the next") {
  KeyValueList request;
  request.limit = 2;
  const OwnWrites own = {{"a", kWritten}, {"c", kWritten}, {"z", kWritten}};
  CHECK(keys(merge_page({{entry("b"), entry("d")}, true}, own, request)) == "a* b | b");
  request.after = "b";
  CHECK(keys(merge_page({{entry("d"), entry("e")}, true}, own, request)) == "c* d | d");
  request.after = "e";
  CHECK(keys(merge_page({{}, false}, own, request)) == "z* ");
}

TEST_CASE("merge: a page of which nothing is left still tells where to go on") {
  KeyValueList request;
  const OwnWrites own = {{"a", kRemoved}, {"b", kRemoved}};
  CHECK(keys(merge_page({{entry("a"), entry("b")}, true}, own, request)) == "| b");
}

TEST_CASE("merge: prefix and keys only") {
  KeyValueList request;
  request.prefix = "p";
  request.keys_only = true;
  const OwnWrites own = {{"o", kWritten}, {"p1", kWritten}, {"q", kWritten}};
  const MergedPage page = merge_page({{entry("p2", "")}, false}, own, request);
  CHECK(keys(page) == "p1* p2 ");
  CHECK(page.entries[0].value.data.empty());
}

// Whatever the pages are, together they are what a store would list after the writes.
TEST_CASE("merge: pages are complete and without repetition") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> stored, expected;
    OwnWrites own;
    for (int i = 0; i < 20; ++i) {
      const std::string key(1, static_cast<char>('a' + i));
      const bool is_stored = random() % 2 == 0;
      const auto write = random() % 3;
      if (is_stored) stored.push_back(key);
      if (write == 1) own.emplace_back(key, kWritten);
      if (write == 2) own.emplace_back(key, kRemoved);
      if (write == 1 || (write == 0 && is_stored)) expected.push_back(key);
    }
    KeyValueList request;
    request.limit = 1 + random() % 5;
    request.reverse = random() % 2 == 0;
    if (request.reverse) std::reverse(expected.begin(), expected.end());
    std::vector<std::string> found;
    for (int pages = 0; pages < 50; ++pages) {
      KeyValuePage page;
      auto order = stored;
      if (request.reverse) std::reverse(order.begin(), order.end());
      for (const std::string& key : order) {
        const bool later =
            !request.after || (request.reverse ? key < *request.after : key > *request.after);
        if (!later) continue;
        if (page.entries.size() == request.limit) {
          page.more = true;
          break;
        }
        page.entries.push_back(entry(key));
      }
      const MergedPage merged = merge_page(std::move(page), own, request);
      CHECK(merged.entries.size() <= request.limit);
      for (const KeyValueEntry& each : merged.entries) found.push_back(each.key);
      if (!merged.cursor) break;
      request.after = merged.cursor;
    }
    CHECK(found == expected);
  }
}

}  // namespace sublet::hostcall
