// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "base/json_scan.h"
#include "sublet/key_value_data.h"
#include "unit/adapters/hooked_store.h"

namespace sublet {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

Lines exported(const KeyValueData& data, std::string_view tenant = "tenant") {
  Lines lines;
  const auto count = data.export_lines(tenant, [&](std::string_view line) {
    CHECK(line.find('\n') == std::string_view::npos);
    CHECK(base::scan_json(line, base::kMaxJsonDepth).ok());
    lines.emplace_back(line);
    return true;
  });
  REQUIRE(count.has_value());
  CHECK(*count == lines.size());
  return lines;
}

Result<std::uint64_t> import(KeyValueData& data, Lines lines) {
  std::size_t at = 0;
  return data.import_lines("tenant", [&](std::string& line) {
    if (at == lines.size()) return false;
    line = lines[at++];
    return true;
  });
}

KeyValueData memory_data(KeyValueClock clock = {}) {
  return KeyValueData(std::make_shared<MemoryKeyValueStore>(std::move(clock)));
}

std::string import_error(Lines lines) {
  KeyValueData data = memory_data();
  const auto result = import(data, std::move(lines));
  if (result) return "imported";
  CHECK(result.error().code == ErrorCode::kInvalidArgument);
  return result.error().message;
}

}  // namespace

TEST_CASE("export: a line tells all of an entry") {
  KeyValueTime now{std::chrono::milliseconds(1'795'334'400'000)};
  KeyValueData data = memory_data([&] { return now; });
  data.put("tenant", {"own/crm", "a"}, {KeyValueType::kJson, "{ \"n\": 1.50 }"}).value();
  data.put("tenant", {"own/crm", "b"}, {KeyValueType::kBytes, "\0\xFF"s},
           KeyValueExpiry::after(std::chrono::milliseconds(1001)))
      .value();
  CHECK(
      exported(data) ==
      Lines{R"({"space":"own/crm","key":"a","json":{ "n": 1.50 },"version":1,)"
            R"("updated_at":"2026-11-22T08:00:00.000Z"})",
            R"({"space":"own/crm","key":"b","bytes":"AP8=","version":2,)"
            R"("updated_at":"2026-11-22T08:00:00.000Z","expires_at":"2026-11-22T08:00:01.001Z"})"});
}

TEST_CASE("export: everything comes back by an import") {
  KeyValueData data = memory_data();
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const KeyValueValue values[] = {
      {KeyValueType::kJson, "null"},
      {KeyValueType::kJson, "\"\\ud800 \xC3\xA9\""},
      {KeyValueType::kBytes, all},
      {KeyValueType::kBytes, ""},
      {KeyValueType::kJson, "no JSON \x01"},
      {KeyValueType::kJson, ""},
      {KeyValueType::kJson, std::string(20'000, '[') + std::string(20'000, ']')}};
  const Lines keys = {"a", all, "\0"s, "\xFF", "\"\\\n", "\xC3\xA9", "__proto__"};
  for (const std::string& space : {"own/crm"s, "shared/x"s, "\xFF\0"s, "\"\n"s}) {
    for (const std::string& key : keys) {
      for (const KeyValueValue& value : values) {
        const std::string name = key + std::to_string(&value - values);
        data.put("tenant", {space, name}, value,
                 value.data.empty() ? KeyValueExpiry::after(std::chrono::hours(1))
                                    : KeyValueExpiry::never())
            .value();
      }
    }
  }
  const Lines lines = exported(data);
  CHECK(lines.size() == 4 * 7 * 7);
  KeyValueData copy = memory_data();
  REQUIRE(import(copy, lines).value() == lines.size());
  const auto spaces = data.spaces("tenant").value();
  CHECK(copy.spaces("tenant").value() == spaces);
  for (const auto& [space, usage] : spaces) {
    const auto page = data.list({"tenant", space, "", {}, 1000});
    for (const KeyValueEntry& entry : page->entries) {
      const auto copied = copy.get("tenant", {space, entry.key}).value();
      REQUIRE(copied.has_value());
      CHECK(copied->value == entry.value);
      CHECK(copied->expires_at.has_value() == entry.expires_at.has_value());
    }
  }
}

TEST_CASE("export: ends of lines inside a value become spaces") {
  KeyValueData data = memory_data();
  data.put("tenant", {"s", "a"}, {KeyValueType::kJson, "[\n1,\r\n2]"}).value();
  CHECK(exported(data)[0].find("\"json\":[ 1,  2],") != std::string::npos);
}

TEST_CASE("export: times of ends are kept, and what has ended is left out") {
  KeyValueData data = memory_data();
  const auto line = [](const char* end) {
    return R"({"space":"s","key":")"s + end + R"(","json":1,"expires_at":")" + end + "\"}";
  };
  REQUIRE(
      import(data, {line("2999-01-01T00:00:00.000Z"), line("2020-01-01T00:00:00.000Z")}).value() ==
      1);
  const auto lines = exported(data);
  REQUIRE(lines.size() == 1);
  // Ten years at most.
  CHECK(lines[0].find("expires_at") != std::string::npos);
  const auto soon =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
      std::chrono::hours(1);
  KeyValueData first = memory_data();
  first.put("tenant", {"s", "a"}, {}, KeyValueExpiry::after(std::chrono::hours(1))).value();
  KeyValueData second = memory_data();
  REQUIRE(import(second, exported(first)).value() == 1);
  const auto entry = second.get("tenant", {"s", "a"}).value();
  CHECK(*entry->expires_at >= soon - std::chrono::seconds(1));
  CHECK(*entry->expires_at <= soon + std::chrono::minutes(5));
}

TEST_CASE("export: a sink that wants no more gets no more") {
  KeyValueData data = memory_data();
  for (int i = 0; i < 10; ++i) data.put("tenant", {"s", std::to_string(i)}, {}).value();
  int lines = 0;
  CHECK(*data.export_lines("tenant", [&](auto) { return ++lines < 4; }) == 4);
  CHECK(lines == 4);
  const auto thrown = data.export_lines(
      "tenant", [](auto) -> bool { throw std::runtime_error("the disk is full"); });
  CHECK(thrown.error().message == "the disk is full");
}

TEST_CASE("export: what Sublet keeps for itself is left out, and not taken in") {
  KeyValueData data = memory_data();
  data.put("tenant", {"sublet/data-keys", "a"}, {}).value();
  data.put("tenant", {"sublet", "a"}, {KeyValueType::kJson, "1"}).value();
  const Lines lines = exported(data);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("\"space\":\"sublet\"") != std::string::npos);
  CHECK(import_error({R"({"space":"sublet/data-keys","key":"a","json":1})"}) ==
        "line 1: space is one of Sublet's own");
}

TEST_CASE("export: many pages, while others write") {
  KeyValueStore* store = nullptr;
  int lists = 0;
  StoreHooks hooks;
  // Between pages: before, at and after the place where the export stands.
  hooks.list = [&](KeyValueList& request) {
    ++lists;
    if (!request.after) return;
    KeyValueCommit commit;
    commit.tenant = "tenant";
    for (const std::string& key : {"0" + *request.after, *request.after, *request.after + "x"}) {
      KeyValueWrite write;
      write.kind = KeyValueWrite::Kind::kPut;
      write.at = {request.space, key};
      write.value.data = "2";
      commit.writes.push_back(std::move(write));
    }
    store->commit(std::move(commit), [](auto result) { CHECK(result.has_value()); });
  };
  auto hooked = std::make_shared<HookedStore>(KeyValueClock(), hooks);
  store = hooked.get();
  KeyValueData data(hooked);
  for (int i = 10'000; i < 12'500; ++i) {
    data.put("tenant", {"s", std::to_string(i)}, {KeyValueType::kJson, "1"}).value();
  }
  std::set<std::string> keys;
  std::string last;
  for (const std::string& line : exported(data)) {
    const auto key = nlohmann::json::parse(line)["key"].get<std::string>();
    CHECK(key > last);
    last = key;
    keys.insert(key);
  }
  CHECK(lists >= 3);
  for (int i = 10'000; i < 12'500; ++i) CHECK(keys.contains(std::to_string(i)));
}

TEST_CASE("import: errors name line and field") {
  const auto good = R"({"space":"s","key":"a","json":1})"s;
  CHECK(import_error({good, "{"}) == "line 2: it is no JSON (byte 1)");
  CHECK(import_error({"", " \r", good, "[]"}) == "line 4: it is no object");
  CHECK(import_error({R"({"key":"a","json":1})"}) == "line 1: space is missing");
  CHECK(import_error({R"({"space":"s","json":1})"}) == "line 1: key is missing");
  CHECK(import_error({R"({"space":"s","key":"a"})"}) == "line 1: json or bytes is missing");
  CHECK(import_error({R"({"space":1,"key":"a","json":1})"}) == "line 1: space is no text");
  CHECK(import_error({R"({"space":"s","key_base64":"?","json":1})"}) ==
        "line 1: key_base64 is no base64");
  CHECK(import_error({R"({"space":"s","key":"a","bytes":"?"})"}) == "line 1: bytes is no base64");
  CHECK(import_error({R"({"space":"s","key":"a","key_base64":"YQ==","json":1})"}) ==
        "line 1: key_base64 is there twice");
  CHECK(import_error({R"({"space":"s","key":"a","json":1,"bytes":""})"}) ==
        "line 1: bytes is a second value");
  CHECK(import_error({R"({"space":"s","key":"a","json":1,"expires_at":"soon"})"})
            .find("line 1: expires_at is no time") == 0);
  CHECK(import_error({R"({"space":"s","key":"a","json":1,"color":1})"}) ==
        "line 1: there is no field color");
  CHECK(import_error({good, R"({"space":"s","key":"","json":1})"}).find("line 2: the key's size") ==
        0);
  CHECK(import_error({R"({"space":"","key":"a","json":1})"}).find("line 1: space's size") == 0);
  CHECK(import_error({R"({"space":"s","key":"a","json":")" +
                      std::string(KeyValueStore::kMaxValueBytes, 'x') + "\"}"})
            .find("line 1: the value's size") == 0);
}

TEST_CASE("import: what stands before an error is written") {
  KeyValueData data = memory_data();
  Lines lines;
  for (int i = 0; i < 700; ++i) {
    lines.push_back(R"({"space":"s","key":")" + std::to_string(i) + R"(","json":1})");
  }
  lines.push_back("{}");
  CHECK(import(data, lines).error().message == "line 701: space is missing");
  CHECK(data.usage("tenant")->keys == 700);
}

TEST_CASE("import: of two lines with one key the last counts") {
  KeyValueData data = memory_data();
  data.put("tenant", {"s", "a"}, {KeyValueType::kJson, "0"}).value();
  CHECK(import(data, {R"({"space":"s","key":"a","json":1})", R"({"space":"s","key":"a","json":2})"})
            .value() == 2);
  CHECK((*data.get("tenant", {"s", "a"}))->value.data == "2");
}

TEST_CASE("import: a store that refuses is told with the place") {
  StoreHooks hooks;
  hooks.commit = [](KeyValueCommit& request) { request.max_keys = 0; };
  KeyValueData data(std::make_shared<HookedStore>(KeyValueClock(), hooks));
  const auto result = import(data, {R"({"space":"s","key":"a","json":1})"});
  CHECK(result.error().message.find("line 1") != std::string::npos);
}

TEST_CASE("import: ends stay where they are, however long it takes") {
  const auto machine_time = [] {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  const auto line_of = [](const std::string& key, KeyValueTime end) {
    KeyValueTime now = end - std::chrono::hours(1);
    KeyValueData data = memory_data([&] { return now; });
    data.put("tenant", {"s", key}, {KeyValueType::kJson, "1"},
             KeyValueExpiry::after(std::chrono::hours(1)))
        .value();
    return exported(data).at(0);
  };
  const KeyValueTime start = machine_time();
  const KeyValueTime late = start + std::chrono::hours(1);
  const KeyValueTime soon = start + std::chrono::milliseconds(50);
  Lines lines = {line_of("late", late), line_of("soon", soon)};
  KeyValueTime told{};
  const KeyValueTime fixed{};
  KeyValueData data = memory_data([&] { return fixed; });
  std::size_t at = 0;
  const auto imported = data.import_lines("tenant", [&](std::string& line) {
    if (at < lines.size()) {
      line = lines[at++];
      return true;
    }
    // A slow source: it has no more, but says so after an entry has ended.
    do {
      told = machine_time();
    } while (told <= soon);
    return false;
  });
  CHECK(imported.value() == 1);
  CHECK_FALSE(data.get("tenant", {"s", "soon"})->has_value());
  const auto entry = data.get("tenant", {"s", "late"}).value();
  REQUIRE(entry.has_value());
  // Of what it had left when the source was at its end, nothing was added.
  CHECK(*entry->expires_at - fixed <= late - told);
}

}  // namespace sublet
