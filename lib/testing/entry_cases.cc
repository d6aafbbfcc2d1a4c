// SPDX-License-Identifier: Apache-2.0
#include "testing/trial.h"

// Reading, writing and removing.
namespace sublet::testing::conformance {
namespace {

void an_absent_key_is_nothing(Trial& trial) {
  trial.expect_absent("a");
  trial.write({put("a", "1")});
  trial.expect_absent("b");
  trial.expect_absent("A");
}

void a_put_is_read(Trial& trial) {
  const std::uint64_t version = trial.write({put("a", "{\"b\":[1,2]}")});
  const KeyValueEntry entry = trial.present("a");
  expect_equal("the value", entry.value, json("{\"b\":[1,2]}"));
  expect_equal("the version", entry.version, version);
  expect_equal("the update time", entry.updated_at, trial.now());
  expect_equal("the end of an entry without one", entry.expires_at, std::optional<KeyValueTime>());
}

void many_come_in_the_order_of_the_request(Trial& trial) {
  trial.write({put("a", "1"), put("b", "2"), in_space("other", put("a", "3"))});
  KeyValueGet request{kTenant, {{kSpace, "b"}, {"other", "a"}, {kSpace, "c"}, {kSpace, "a"}}};
  request.keys.push_back({kSpace, "b"});
  request.keys.push_back({"other", "b"});
  const Entries entries = trial.value(trial.start_get(std::move(request)));
  expect_equal("the number of places", std::uint64_t{entries.size()}, std::uint64_t{6});
  const std::vector<const char*> expected = {"2", "3", nullptr, "1", "2", nullptr};
  const std::vector<const char*> keys = {"b", "a", "", "a", "b", ""};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string place = "place " + std::to_string(i) + " of the answer";
    expect_equal(place + " is there", entries[i].has_value(), expected[i] != nullptr);
    if (expected[i] == nullptr) continue;
    expect_equal(place, entries[i]->value, json(expected[i]));
    expect_equal("the key in " + place, entries[i]->key, keys[i]);
  }
}

void a_put_replaces(Trial& trial) {
  trial.write({put("a", "\"a long first value\"")});
  trial.write({put("a", "2")});
  trial.expect_value("a", "2");
  trial.write({put("a", "\"a much longer third value\"")});
  trial.expect_value("a", "\"a much longer third value\"");
}

void a_remove_takes_it_away(Trial& trial) {
  trial.write({put("a", "1"), put("b", "2")});
  trial.write({remove("a")});
  trial.expect_absent("a");
  trial.expect_value("b", "2");
  trial.write({remove("a"), remove("never there")});
  trial.write({put("a", "3")});
  trial.expect_value("a", "3");
}

void a_commit_tells_what_was_there(Trial& trial) {
  trial.write({put("a", "1"), put("b", "1"), put("c", "1")});
  const auto computed = [](const KeyValueEntry*, std::uint64_t) {
    return Result<std::optional<KeyValueValue>>(json("2"));
  };
  const KeyValueCommitted committed = trial.expect_status(
      Status::kCommitted, commit_of({put("a", "2"), put("new", "2"), remove("b"), remove("absent"),
                                     check("c", {}), check("no", {}), compute("c2", computed)}));
  expect_equal("what was there before", committed.existed,
               std::vector<bool>{true, false, true, false, true, false, false});
}

void values_come_back_byte_by_byte(Trial& trial) {
  const std::vector<std::string> texts = {
      "null",      " { \"b\" : 1 ,\n\t\"a\": [ ] } ", "1.0",  "1e2",  "\"\\u00e9\\/\\ud83d\"",
      "-0",        "12345678901234567890.12345",      "\"\"", "true", "{\"a\":1,\"a\":2}",
      "[1,2,[3]]", "{\"__proto__\":{\"x\":1}}"};
  std::vector<KeyValueWrite> writes;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    writes.push_back(put("key" + std::to_string(i), texts[i]));
  }
  trial.write(std::move(writes));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    trial.expect_value("key" + std::to_string(i), texts[i]);
  }
}

void binary_values(Trial& trial) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  trial.write({put("all", bytes(all + all)), put("zero", bytes(std::string(1, '\0'))),
               put("zeros", bytes(std::string(1000, '\0')))});
  expect_equal("all bytes", trial.present("all").value, bytes(all + all));
  expect_equal("a byte 0", trial.present("zero").value, bytes(std::string(1, '\0')));
  expect_equal("bytes 0", trial.present("zeros").value, bytes(std::string(1000, '\0')));
}

void empty_values(Trial& trial) {
  trial.write({put("bytes", bytes("")), put("json", "")});
  expect_equal("empty bytes", trial.present("bytes").value, bytes(""));
  expect_equal("an empty text", trial.present("json").value, json(""));
  trial.write({put("bytes", bytes("x"))});
  trial.write({put("bytes", bytes(""))});
  expect_equal("bytes that became empty", trial.present("bytes").value, bytes(""));
}

void the_type_is_kept(Trial& trial) {
  trial.write({put("a", json("1")), put("b", bytes("1"))});
  expect_equal("a JSON value", trial.present("a").value, json("1"));
  expect_equal("bytes", trial.present("b").value, bytes("1"));
  trial.write({put("a", bytes("1")), put("b", json("1"))});
  expect_equal("bytes in place of JSON", trial.present("a").value, bytes("1"));
  expect_equal("JSON in place of bytes", trial.present("b").value, json("1"));
}

void a_commit_over_spaces_is_one(Trial& trial) {
  const std::uint64_t version =
      trial.write({in_space("one", put("a", "1")), in_space("two", put("a", "2")), put("a", "3")});
  const auto one = trial.get_one("a", "one");
  const auto two = trial.get_one("a", "two");
  expect(one.has_value() && two.has_value(), "both entries are there");
  expect_equal("the first value", one->value, json("1"));
  expect_equal("the second value", two->value, json("2"));
  expect_equal("the first version", one->version, version);
  expect_equal("the second version", two->version, version);
  trial.expect_value("a", "3");
}

void the_biggest_entry(Trial& trial) {
  const std::string key(KeyValueStore::kMaxKeyBytes, '\xFF');
  std::string value(KeyValueStore::kMaxValueBytes - trial.subject().value_overhead, 'v');
  for (std::size_t i = 0; i < value.size(); i += 257) value[i] = static_cast<char>(i / 257);
  const std::string name(KeyValueStore::kMaxNameBytes, 'n');
  trial.write({in_space(name, put(key, bytes(value)))}, name);
  const auto entry = trial.get_one(key, name, name);
  expect(entry.has_value(), "the biggest entry is there");
  expect(entry->key == key, "the biggest key comes back as it was");
  expect(entry->value == bytes(value), "the biggest value comes back as it was");
  const auto most = KeyValueStore::kMaxValueBytes - trial.subject().value_overhead;
  trial.expect_refused(trial.start_commit(commit_of({put("a", bytes(std::string(most + 1, 'v')))})),
                       "value");
}

void the_biggest_requests(Trial& trial) {
  std::vector<KeyValueWrite> writes;
  const auto key = [](std::size_t i) {
    return std::string(KeyValueStore::kMaxKeyBytes - 4, 'k') + std::to_string(1000 + i);
  };
  for (std::size_t i = 0; i < KeyValueStore::kMaxWrites; ++i) {
    writes.push_back(put(key(i), std::to_string(i)));
  }
  trial.write(std::move(writes));
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < KeyValueStore::kMaxKeysPerCall; ++i) keys.push_back(key(i));
  const Entries entries = trial.get(std::move(keys));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool written = i < KeyValueStore::kMaxWrites;
    expect_equal("entry " + std::to_string(i) + " is there", entries[i].has_value(), written);
    if (written) expect_equal("its value", entries[i]->value, json(std::to_string(i)));
  }
}

}  // namespace

std::vector<Case> entry_cases() {
  return {
      {"entries: an absent key is nothing", an_absent_key_is_nothing},
      {"entries: a put is read, with all that it tells", a_put_is_read},
      {"entries: many come in the order of the request", many_come_in_the_order_of_the_request},
      {"entries: a put replaces", a_put_replaces},
      {"entries: a remove takes away, also what is not there", a_remove_takes_it_away},
      {"entries: a commit tells what was there before", a_commit_tells_what_was_there},
      {"entries: JSON comes back byte by byte", values_come_back_byte_by_byte},
      {"entries: values of all bytes", binary_values},
      {"entries: empty values", empty_values},
      {"entries: a value's type is kept", the_type_is_kept},
      {"entries: a commit over spaces is one", a_commit_over_spaces_is_one},
      {"entries: the biggest key, value and names", the_biggest_entry},
      {"entries: the biggest get and commit", the_biggest_requests},
  };
}

}  // namespace sublet::testing::conformance
