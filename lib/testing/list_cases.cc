// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include "testing/trial.h"

// Lists: the order of bytes, prefixes, pages.
namespace sublet::testing::conformance {
namespace {

using Keys = std::vector<std::string>;

void fill(Trial& trial, const Keys& keys) {
  std::vector<KeyValueWrite> writes;
  for (const std::string& key : keys) writes.push_back(put(key, "1"));
  trial.write(std::move(writes));
}

// Reads all pages; each has to be full, or the last.
Keys all_pages(Trial& trial, KeyValueList request) {
  Keys keys;
  for (int pages = 0;; ++pages) {
    expect(pages < 100, "the pages come to an end");
    const KeyValuePage page = trial.list(request);
    expect(page.entries.size() <= request.limit, "a page has at most `limit` entries");
    if (page.more) {
      expect(page.entries.size() == request.limit || page.entries.empty(),
             "a page that is not the last one is full");
    }
    for (const KeyValueEntry& entry : page.entries) keys.push_back(entry.key);
    if (!page.more || page.entries.empty()) return keys;
    request.after = page.entries.back().key;
  }
}

void nothing_is_an_empty_page(Trial& trial) {
  trial.write({in_space("other", put("a", "1"))});
  const KeyValuePage page = trial.list(trial.listing());
  expect_equal("the keys of an unknown space", keys_of(page), Keys{});
  expect_equal("whether there is more", page.more, false);
  KeyValueList request = trial.listing();
  request.tenant = "nobody";
  expect_equal("the keys of an unknown tenant", keys_of(trial.list(request)), Keys{});
  request = trial.listing("z");
  request.space = "other";
  expect_equal("the keys of an unknown prefix", keys_of(trial.list(request)), Keys{});
}

void in_the_order_of_bytes(Trial& trial) {
  using namespace std::string_literals;
  Keys keys = {"b"s,        "a"s, "\x80"s,   "\x7F"s,     "\xFF"s,  "\0"s,  "a\0"s, "a\0b"s,
               "ab"s,       "B"s, "\xFF\0"s, "\xFF\xFF"s, "a\xFF"s, "1"s,   "10"s,  "2"s,
               "\xC3\xA9"s, "~"s, "_"s,      " "s,        "a "s,    "\x01"s};
  fill(trial, keys);
  std::sort(keys.begin(), keys.end());
  KeyValueList request = trial.listing();
  expect_equal("the keys", keys_of(trial.list(request)), keys);
  request.limit = 3;
  expect_equal("the keys by pages", all_pages(trial, request), keys);
  std::reverse(keys.begin(), keys.end());
  request.reverse = true;
  expect_equal("the keys backwards, by pages", all_pages(trial, request), keys);
}

void prefixes(Trial& trial) {
  using namespace std::string_literals;
  fill(trial, {"a"s, "a\0"s, "a\xFF"s, "a\xFF\xFF"s, "a\xFF\xFF\x01"s, "ab"s, "b"s, "\xFF"s,
               "\xFF\xFF"s, "\xFF\xFFz"s, "B"s, "a%"s, "a_"s});
  const auto keys = [&](std::string prefix) { return keys_of(trial.list(trial.listing(prefix))); };
  expect_equal("prefix a", keys("a"),
               Keys{"a"s, "a\0"s, "a%"s, "a_"s, "ab"s, "a\xFF"s, "a\xFF\xFF"s, "a\xFF\xFF\x01"s});
  expect_equal("prefix a ff", keys("a\xFF"), Keys{"a\xFF"s, "a\xFF\xFF"s, "a\xFF\xFF\x01"s});
  expect_equal("prefix a ff ff", keys("a\xFF\xFF"), Keys{"a\xFF\xFF"s, "a\xFF\xFF\x01"s});
  expect_equal("prefix ff", keys("\xFF"), Keys{"\xFF"s, "\xFF\xFF"s, "\xFF\xFFz"s});
  expect_equal("prefix ff ff", keys("\xFF\xFF"), Keys{"\xFF\xFF"s, "\xFF\xFFz"s});
  expect_equal("prefix a 00", keys("a\0"s), Keys{"a\0"s});
  expect_equal("prefix a%", keys("a%"), Keys{"a%"s});
  expect_equal("prefix a_", keys("a_"), Keys{"a_"s});
  expect_equal("prefix ab, a whole key", keys("ab"), Keys{"ab"s});
  expect_equal("prefix abc, longer than any key", keys("abc"), Keys{});
  expect_equal("all", std::uint64_t{keys("").size()}, std::uint64_t{13});
}

void pages(Trial& trial) {
  Keys keys;
  for (int i = 10; i < 47; ++i) keys.push_back("key" + std::to_string(i));
  fill(trial, keys);
  for (const std::uint32_t limit : {1u, 2u, 36u, 37u, 38u}) {
    KeyValueList request = trial.listing("key");
    request.limit = limit;
    if (limit > 1) {
      expect_equal("pages of " + std::to_string(limit), all_pages(trial, request), keys);
      continue;
    }
    const KeyValuePage page = trial.list(request);
    expect_equal("a page of one", keys_of(page), Keys{"key10"});
    expect_equal("whether there is more", page.more, true);
  }
}

void after_keys_that_are_not_there(Trial& trial) {
  fill(trial, {"a", "c", "e"});
  trial.write({remove("c")});
  const auto keys = [&](std::string after, bool reverse) {
    KeyValueList request = trial.listing();
    request.after = std::move(after);
    request.reverse = reverse;
    return keys_of(trial.list(request));
  };
  expect_equal("after a key that was removed", keys("c", false), Keys{"e"});
  expect_equal("backwards", keys("c", true), Keys{"a"});
  expect_equal("after a key that never was", keys("b", false), Keys{"e"});
  expect_equal("after the first", keys("a", false), Keys{"e"});
  expect_equal("after the last", keys("e", false), Keys{});
  expect_equal("after a key behind the last", keys("z", false), Keys{});
  expect_equal("after a key before the first", keys("A", false), (Keys{"a", "e"}));
  expect_equal("backwards, after the first", keys("a", true), Keys{});
  expect_equal("backwards, after a key behind the last", keys("\xFF", true), (Keys{"e", "a"}));
  expect_equal("after the empty key", keys("", false), (Keys{"a", "e"}));
  expect_equal("backwards, after the empty key", keys("", true), Keys{});
}

void backwards_with_a_prefix(Trial& trial) {
  fill(trial, {"a", "b", "b1", "b2", "b3", "b\xFF", "c", "\xFF", "\xFF\xFF"});
  KeyValueList request = trial.listing("b");
  request.reverse = true;
  expect_equal("backwards", keys_of(trial.list(request)), (Keys{"b\xFF", "b3", "b2", "b1", "b"}));
  request.limit = 2;
  expect_equal("backwards, by pages", all_pages(trial, request),
               (Keys{"b\xFF", "b3", "b2", "b1", "b"}));
  request.after = "b3";
  expect_equal("backwards after b3", keys_of(trial.list(request)), (Keys{"b2", "b1"}));
  request.after = "c";
  expect_equal("backwards after what follows the prefix", keys_of(trial.list(request)),
               (Keys{"b\xFF", "b3"}));
  request.after = "a";
  expect_equal("backwards after what stands before the prefix", keys_of(trial.list(request)),
               Keys{});
  request = trial.listing("\xFF");
  request.reverse = true;
  expect_equal("backwards with prefix ff", keys_of(trial.list(request)),
               (Keys{"\xFF\xFF", "\xFF"}));
}

void after_outside_the_prefix(Trial& trial) {
  fill(trial, {"a", "b1", "b2", "c"});
  KeyValueList request = trial.listing("b");
  request.after = "a";
  expect_equal("after what stands before the prefix", keys_of(trial.list(request)),
               (Keys{"b1", "b2"}));
  request.after = "b";
  expect_equal("after the prefix itself", keys_of(trial.list(request)), (Keys{"b1", "b2"}));
  request.after = "c";
  expect_equal("after what follows the prefix", keys_of(trial.list(request)), Keys{});
}

void keys_only(Trial& trial) {
  const std::uint64_t version = trial.write(
      {put("a", "\"text\""), put("b", bytes("x"), KeyValueExpiry::after(std::chrono::seconds(9)))});
  KeyValueList request = trial.listing();
  request.keys_only = true;
  const KeyValuePage page = trial.list(request);
  expect_equal("the keys", keys_of(page), (Keys{"a", "b"}));
  for (const KeyValueEntry& entry : page.entries) {
    expect_equal("the value that is left out", entry.value, bytes(""));
    expect_equal("the version", entry.version, version);
    expect_equal("the update time", entry.updated_at, trial.now());
  }
  expect_equal("the end", page.entries[1].expires_at,
               std::optional<KeyValueTime>(trial.now() + std::chrono::seconds(9)));
}

void entries_tell_all(Trial& trial) {
  trial.write({put("a", bytes("\xFF\0"))});
  trial.advance(std::chrono::milliseconds(7));
  trial.write({put("b", " [1] ", KeyValueExpiry::after(std::chrono::seconds(9)))});
  const KeyValuePage page = trial.list(trial.listing());
  expect_equal("the keys", keys_of(page), (Keys{"a", "b"}));
  for (const KeyValueEntry& listed : page.entries) {
    const KeyValueEntry read = trial.present(listed.key);
    expect_equal("the listed value", listed.value, read.value);
    expect_equal("the listed version", listed.version, read.version);
    expect_equal("the listed update time", listed.updated_at, read.updated_at);
    expect_equal("the listed end", listed.expires_at, read.expires_at);
  }
}

void pages_by_bytes(Trial& trial) {
  std::vector<KeyValueWrite> writes;
  for (const char* key : {"a", "b", "c", "d"}) writes.push_back(put(key, "123456789"));
  trial.write(std::move(writes));
  const std::uint64_t one = trial.size(1, 9);
  const auto keys = [&](std::uint64_t most) {
    KeyValueList request = trial.listing();
    request.max_bytes = Bytes{most};
    const KeyValuePage page = trial.list(request);
    expect_equal("whether there is more", page.more || page.entries.size() == 4, true);
    return keys_of(page);
  };
  expect_equal("a page of four entries' bytes", keys(4 * one), (Keys{"a", "b", "c", "d"}));
  expect_equal("a page of less", keys(4 * one - 1), (Keys{"a", "b", "c"}));
  expect_equal("a page of two entries' bytes", keys(2 * one), (Keys{"a", "b"}));
  expect_equal("the first comes in any case", keys(1), Keys{"a"});
  expect_equal("also of no bytes", keys(0), Keys{"a"});
  expect_equal("a page without bound", keys(UINT64_MAX), (Keys{"a", "b", "c", "d"}));

  KeyValueList request = trial.listing();
  request.max_bytes = Bytes{one};
  Keys found;
  for (int pages = 0; pages < 6; ++pages) {
    const KeyValuePage page = trial.list(request);
    for (const KeyValueEntry& entry : page.entries) found.push_back(entry.key);
    if (!page.more || page.entries.empty()) break;
    request.after = page.entries.back().key;
  }
  expect_equal("all pages", found, (Keys{"a", "b", "c", "d"}));
}

void while_others_write(Trial& trial) {
  Keys keys;
  for (int i = 10; i < 30; ++i) keys.push_back(std::to_string(i));
  fill(trial, keys);
  KeyValueList request = trial.listing();
  request.limit = 5;
  Keys found;
  for (int page = 0; page < 4; ++page) {
    for (const KeyValueEntry& entry : trial.list(request).entries) found.push_back(entry.key);
    request.after = found.back();
    // Before, at and after the place where the list stands; none of what was there from the
    // beginning may come twice or be left out.
    const std::string number = std::to_string(page);
    trial.write({remove(found.back()), put("0" + number, "new"), put("28", "changed"),
                 put(found.front(), "changed"), put(found[1] + "x", "new")});
  }
  Keys seen_of_the_first;
  for (const std::string& key : found) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) seen_of_the_first.push_back(key);
  }
  expect_equal("what was there from the beginning", seen_of_the_first, keys);
}

}  // namespace

std::vector<Case> list_cases() {
  return {
      {"lists: of nothing", nothing_is_an_empty_page},
      {"lists: in the order of bytes", in_the_order_of_bytes},
      {"lists: prefixes", prefixes},
      {"lists: pages", pages},
      {"lists: after keys that are not there", after_keys_that_are_not_there},
      {"lists: backwards with a prefix", backwards_with_a_prefix},
      {"lists: after a key outside the prefix", after_outside_the_prefix},
      {"lists: keys only", keys_only},
      {"lists: entries tell what a get tells", entries_tell_all},
      {"lists: pages by bytes", pages_by_bytes},
      {"lists: pages while others write", while_others_write},
  };
}

}  // namespace sublet::testing::conformance
