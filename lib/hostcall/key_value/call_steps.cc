// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/call_steps.h"

#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "hostcall/argument_fields.h"

namespace sublet::hostcall {
namespace {

using base::JsonCursor;
using base::JsonKind;
using Step = KeyValueStep;
using Operand = KeyValueOperand;

constexpr std::size_t kMostUpdates = 64;

Result<KeyValueExpiry> read_ttl(JsonCursor& cursor) {
  const Result<double> seconds = read_number(cursor, "ttl");
  if (!seconds) return seconds.error();
  const double milliseconds = *seconds * 1000;
  if (!(milliseconds >= static_cast<double>(KeyValueStore::kMinTtl.count()) &&
        milliseconds <= static_cast<double>(KeyValueStore::kMaxTtl.count()))) {
    return wrong("ttl must be 1 to " + std::to_string(KeyValueStore::kMaxTtl.count() / 1000) +
                 " seconds");
  }
  return KeyValueExpiry::after(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

Result<std::uint64_t> read_version(JsonCursor& cursor) {
  const auto version = base::whole_number(cursor.raw());
  if (!version.has_value()) return wrong("ifVersion must be a version that a call answered");
  return *version;
}

Result<void> read_condition(JsonCursor& cursor, KeyValueCondition& condition) {
  const Result<std::string> word = read_text(cursor, "if");
  if (!word) return word.error();
  if (*word != "absent" && *word != "present") {
    return wrong("if must be \"absent\" or \"present\"");
  }
  condition = *word == "absent" ? KeyValueCondition::absent() : KeyValueCondition::present();
  return {};
}

// { ttl, if, ifVersion }
Result<void> read_options(JsonCursor& cursor, Step& step) {
  static constexpr std::array<std::string_view, 3> kKnown = {"ttl", "if", "ifVersion"};
  if (cursor.kind() == JsonKind::kNull) {
    cursor.raw();
    return {};
  }
  if (cursor.kind() != JsonKind::kObject) return wrong("the options must be an object");
  cursor.enter();
  JsonCursor::Member member;
  while (cursor.next_member(member)) {
    if (member.key.starts_with("if") && step.condition.kind != KeyValueCondition::Kind::kNone) {
      return wrong("there are two conditions; one of if and ifVersion is possible");
    }
    if (member.key == "ttl") {
      if (step.kind == Step::Kind::kDelete || step.kind == Step::Kind::kCheck) {
        return wrong("ttl is for what is written");
      }
      Result<KeyValueExpiry> expiry = read_ttl(cursor);
      if (!expiry) return expiry.error();
      step.expiry = *expiry;
    } else if (member.key == "if") {
      if (Result<void> read = read_condition(cursor, step.condition); !read) return read;
    } else if (member.key == "ifVersion") {
      const Result<std::uint64_t> version = read_version(cursor);
      if (!version) return version.error();
      step.condition = KeyValueCondition::is(*version);
    } else {
      return unknown_option(member.key, kKnown);
    }
  }
  return {};
}

Result<KeyValueUpdate::Kind> update_kind(std::string_view word) {
  using Kind = KeyValueUpdate::Kind;
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> kKinds = {
      {{"increment", Kind::kIncrement},
       {"append", Kind::kAppend},
       {"set", Kind::kSet},
       {"remove", Kind::kRemove},
       {"union", Kind::kUnion}}};
  for (const auto& [name, kind] : kKinds) {
    if (name == word) return kind;
  }
  return wrong("op must be \"increment\", \"append\", \"set\", \"remove\" or \"union\"");
}

// { op, path, value }
Result<KeyValueUpdate> read_update(JsonCursor& cursor) {
  static constexpr std::array<std::string_view, 3> kKnown = {"op", "path", "value"};
  if (cursor.kind() != JsonKind::kObject) return wrong("an update must be an object");
  KeyValueUpdate update;
  bool has_op = false;
  cursor.enter();
  JsonCursor::Member member;
  while (cursor.next_member(member)) {
    if (member.key == "op") {
      const Result<std::string> word = read_text(cursor, "op");
      if (!word) return word.error();
      const Result<KeyValueUpdate::Kind> kind = update_kind(*word);
      if (!kind) return kind.error();
      update.kind = *kind;
      has_op = true;
    } else if (member.key == "path") {
      Result<std::string> path = read_text(cursor, "path");
      if (!path) return path.error();
      update.path = std::move(path).value();
    } else if (member.key == "value") {
      update.operand = cursor.raw();
    } else {
      return unknown_option(member.key, kKnown);
    }
  }
  if (!has_op) return wrong("an update needs an op");
  if (update.kind == KeyValueUpdate::Kind::kRemove) update.operand.clear();
  if (update.kind != KeyValueUpdate::Kind::kRemove && update.operand.empty()) {
    return wrong("an update needs a value");
  }
  return update;
}

Result<void> read_updates(JsonCursor& cursor, Step& step) {
  if (cursor.kind() != JsonKind::kArray) return wrong("the updates must be an array");
  cursor.enter();
  while (cursor.next_element()) {
    Result<KeyValueUpdate> update = read_update(cursor);
    if (!update) return update.error();
    if (step.updates.size() == kMostUpdates) {
      return wrong("there are more than " + std::to_string(kMostUpdates) + " updates");
    }
    step.updates.push_back(std::move(update).value());
  }
  if (step.updates.empty()) return wrong("there is no update");
  return {};
}

Result<void> read_operand(JsonCursor& cursor, Operand operand, std::string& body, Step& step) {
  if (operand == Operand::kNone) return {};
  if (operand == Operand::kBody) {
    step.value = {KeyValueType::kBytes, std::move(body)};
    return {};
  }
  if (!cursor.next_element()) return wrong("a value is missing");
  if (operand == Operand::kUpdates) return read_updates(cursor, step);
  if (operand == Operand::kJson) {
    step.value = {KeyValueType::kJson, std::string(cursor.raw())};
    return {};
  }
  const Result<std::string> text = read_text(cursor, "the value");
  if (!text) return text.error();
  auto bytes = base::decode_base64(*text);
  if (!bytes.has_value()) return wrong("the value is no base64");
  step.value = {KeyValueType::kBytes, *std::move(bytes)};
  return {};
}

struct StepForm {
  std::string_view name;
  Step::Kind kind;
  Operand operand;
};
constexpr std::array<StepForm, 5> kTransactForms = {{
    {"check", Step::Kind::kCheck, Operand::kNone},
    {"set", Step::Kind::kSet, Operand::kJson},
    {"setBytes", Step::Kind::kSet, Operand::kBase64},
    {"delete", Step::Kind::kDelete, Operand::kNone},
    {"update", Step::Kind::kUpdate, Operand::kUpdates},
}};

}  // namespace

Result<Step> read_step(JsonCursor& cursor, Step::Kind kind, KeyValueOperand operand,
                       std::string& body) {
  Step step;
  step.kind = kind;
  if (!cursor.next_element()) return wrong("the key is missing");
  Result<std::string> key = read_key(cursor);
  if (!key) return key.error();
  step.key = std::move(key).value();
  if (Result<void> read = read_operand(cursor, operand, body, step); !read) return read.error();
  while (cursor.next_element()) {
    if (Result<void> read = read_options(cursor, step); !read) return read.error();
  }
  return step;
}

Result<Step> read_transact_step(JsonCursor& cursor) {
  if (cursor.kind() != JsonKind::kArray) return wrong("a step must be an array");
  cursor.enter();
  if (!cursor.next_element()) return wrong("a step is empty");
  const Result<std::string> word = read_text(cursor, "a step's name");
  if (!word) return word.error();
  std::string no_body;
  for (const StepForm& form : kTransactForms) {
    if (form.name != *word) continue;
    Result<Step> step = read_step(cursor, form.kind, form.operand, no_body);
    if (step.has_value() && form.kind == Step::Kind::kCheck &&
        step->condition.kind == KeyValueCondition::Kind::kNone) {
      return wrong("a check needs if or ifVersion");
    }
    return step;
  }
  return wrong("there is no such step");
}

}  // namespace sublet::hostcall
