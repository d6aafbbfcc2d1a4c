// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/call.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.h"
#include "hostcall/argument_fields.h"
#include "hostcall/key_value/call_steps.h"

namespace sublet::hostcall {
namespace {

using base::JsonCursor;
using base::JsonKind;
using Operation = KeyValueOperation;
using Step = KeyValueStep;
using Operand = KeyValueOperand;

// A check and a write of one key are one step.
Result<void> join(Step& step, Step&& other) {
  const auto is_check = [](const Step& each) { return each.kind == Step::Kind::kCheck; };
  const bool check_last = is_check(other) && !is_check(step);
  Step& check = check_last ? other : step;
  Step& write = check_last ? step : other;
  if (!is_check(check) || is_check(write)) return wrong("a transaction names a key twice");
  if (write.condition.kind != KeyValueCondition::Kind::kNone) {
    return wrong("a transaction has two conditions for a key");
  }
  write.condition = check.condition;
  if (!check_last) step = std::move(other);
  return {};
}

Result<void> read_transact(JsonCursor& cursor, KeyValueCall& call) {
  if (!cursor.next_element() || cursor.kind() != JsonKind::kArray) {
    return wrong("the steps must be an array");
  }
  cursor.enter();
  while (cursor.next_element()) {
    Result<Step> step = read_transact_step(cursor);
    if (!step) return step.error();
    const auto same = std::find_if(call.steps.begin(), call.steps.end(),
                                   [&](const Step& other) { return other.key == step->key; });
    if (same != call.steps.end()) {
      if (Result<void> joined = join(*same, std::move(step).value()); !joined) return joined;
      continue;
    }
    if (call.steps.size() == KeyValueStore::kMaxWrites) {
      return wrong("a transaction has more than " + std::to_string(KeyValueStore::kMaxWrites) +
                   " steps");
    }
    call.steps.push_back(std::move(step).value());
  }
  if (call.steps.empty()) return wrong("the transaction is empty");
  return {};
}

Result<void> read_keys(JsonCursor& cursor, KeyValueCall& call) {
  if (!cursor.next_element() || cursor.kind() != JsonKind::kArray) {
    return wrong("the keys must be an array");
  }
  cursor.enter();
  while (cursor.next_element()) {
    Result<std::string> key = read_key(cursor);
    if (!key) return key.error();
    if (call.keys.size() == KeyValueStore::kMaxKeysPerCall) {
      return wrong("there are more than " + std::to_string(KeyValueStore::kMaxKeysPerCall) +
                   " keys");
    }
    call.keys.push_back(std::move(key).value());
  }
  return {};
}

Result<std::uint32_t> read_limit(JsonCursor& cursor) {
  const auto limit = base::whole_number(cursor.raw());
  if (!limit.has_value() || *limit < 1 || *limit > KeyValueStore::kMaxPage) {
    return wrong("limit must be 1 to " + std::to_string(KeyValueStore::kMaxPage));
  }
  return static_cast<std::uint32_t>(*limit);
}

Result<bool> read_flag(JsonCursor& cursor, std::string_view what) {
  const std::string_view raw = cursor.raw();
  if (raw != "true" && raw != "false") return wrong(std::string(what) + " must be true or false");
  return raw == "true";
}

// A cursor is the key that a page ended with. Whoever makes one up gets no further than with a
// prefix.
Result<std::string> read_cursor(JsonCursor& cursor) {
  const Result<std::string> text = read_text(cursor, "cursor");
  if (!text) return text.error();
  auto key = base::decode_base64(*text);
  if (!key.has_value() || key->empty() || key->size() > KeyValueStore::kMaxKeyBytes) {
    return wrong("cursor is none that a page came with");
  }
  return *std::move(key);
}

// Consumes one member of list()'s options. Those that are undefined in JavaScript are not there.
Result<void> read_list_option(JsonCursor& cursor, std::string_view name, KeyValueList& list) {
  static constexpr std::array<std::string_view, 5> kKnown = {"prefix", "limit", "cursor", "reverse",
                                                             "keysOnly"};
  const auto put = [](auto read, auto& place) -> Result<void> {
    if (!read.has_value()) return read.error();
    place = std::move(read).value();
    return {};
  };
  if (name == "prefix") return put(read_text(cursor, "prefix"), list.prefix);
  if (name == "limit") return put(read_limit(cursor), list.limit);
  if (name == "cursor") return put(read_cursor(cursor), list.after);
  if (name == "reverse") return put(read_flag(cursor, "reverse"), list.reverse);
  if (name == "keysOnly") return put(read_flag(cursor, "keysOnly"), list.keys_only);
  return unknown_option(name, kKnown);
}

Result<void> read_list(JsonCursor& cursor, KeyValueCall& call) {
  if (!cursor.next_element() || cursor.kind() != JsonKind::kObject) {
    return wrong("the options must be an object");
  }
  KeyValueList list;
  cursor.enter();
  JsonCursor::Member member;
  while (cursor.next_member(member)) {
    if (Result<void> read = read_list_option(cursor, member.key, list); !read) return read;
  }
  call.list = std::make_shared<const KeyValueList>(list);
  if (list.prefix.size() > KeyValueStore::kMaxKeyBytes) {
    return wrong("prefix is longer than any key");
  }
  return {};
}

struct CallForm {
  std::string_view name;
  Operation operation;
  Step::Kind kind;
  Operand operand;
};
constexpr std::array<CallForm, 9> kCallForms = {{
    {"kv.get", Operation::kGet, Step::Kind::kCheck, Operand::kNone},
    {"kv.set", Operation::kWrite, Step::Kind::kSet, Operand::kJson},
    {"kv.setBytes", Operation::kWrite, Step::Kind::kSet, Operand::kBody},
    {"kv.delete", Operation::kWrite, Step::Kind::kDelete, Operand::kNone},
    {"kv.update", Operation::kUpdate, Step::Kind::kUpdate, Operand::kUpdates},
    {"kv.entries", Operation::kEntries, Step::Kind::kCheck, Operand::kNone},
    {"kv.list", Operation::kList, Step::Kind::kCheck, Operand::kNone},
    {"kv.transact", Operation::kTransact, Step::Kind::kCheck, Operand::kNone},
    {"kv.usage", Operation::kUsage, Step::Kind::kCheck, Operand::kNone},
}};

// What stands between the brackets of the arguments.
Result<void> read_arguments(const CallForm& form, std::string_view arguments, std::string& body,
                            KeyValueCall& call) {
  if (!arguments.starts_with('[')) return wrong("the arguments must be an array");
  JsonCursor cursor(arguments);
  cursor.enter();
  switch (form.operation) {
    case Operation::kEntries:
      return read_keys(cursor, call);
    case Operation::kList:
      return read_list(cursor, call);
    case Operation::kTransact:
      return read_transact(cursor, call);
    case Operation::kGet:
    case Operation::kUsage:
      return {};
    case Operation::kWrite:
    case Operation::kUpdate:
      break;
  }
  Result<Step> step = read_step(cursor, form.kind, form.operand, body);
  if (!step) return step.error();
  call.steps.push_back(std::move(step).value());
  return {};
}

}  // namespace

Result<KeyValueCall> read_key_value_call(std::string_view name, std::string_view arguments,
                                         std::string body) {
  const std::size_t at = name.find('@');
  const std::string_view operation = name.substr(0, at);
  for (const CallForm& form : kCallForms) {
    if (form.name != operation) continue;
    KeyValueCall call;
    call.operation = form.operation;
    call.name = form.name == "kv.setBytes" ? std::string_view("kv.set") : form.name;
    if (at != std::string_view::npos) call.name_space = name.substr(at + 1);
    if (name.ends_with('@')) return wrong("the namespace's name is empty");
    if (form.operation == Operation::kGet) {
      if (Result<void> checked = check_key(body); !checked) return checked.error();
      call.keys.push_back(std::move(body));
      return call;
    }
    if (Result<void> read = read_arguments(form, arguments, body, call); !read) {
      return read.error();
    }
    return call;
  }
  return wrong("there is no such operation");
}

}  // namespace sublet::hostcall
