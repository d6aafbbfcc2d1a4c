// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/key_value_side.h"

#include <utility>

#include "adapters/sqlite/log_keeper.h"

namespace sublet::adapters::sqlite {
namespace {

// Not told by it: what an erase touches. It may pass max_file, since it is the way out of a full
// file.
std::uint64_t cost_of(const CommitCall& call) noexcept {
  std::uint64_t bytes = 0;
  for (const KeyValueWrite& write : call.request.writes) {
    bytes += write.at.space.size() + write.at.key.size() + write.value.data.size();
  }
  return log_bytes(bytes, call.request.writes.size());
}

std::uint64_t cost_of(const EraseCall&) noexcept { return log_bytes(0, 1); }

bool is_erase(const CommitCall&) noexcept { return false; }
bool is_erase(const EraseCall&) noexcept { return true; }

}  // namespace

DatabaseFile KeyValueSide::database_of(const SqliteKeyValueOptions& options) {
  return {options.path, options.busy_timeout,
          options.durability == SqliteKeyValueOptions::Durability::kMachine, &key_value_schema()};
}

std::uint64_t KeyValueSide::cost(const WriteCall& call) noexcept {
  return std::visit([](const auto& one) { return cost_of(one); }, call);
}

bool KeyValueSide::apply(Writes& writes, WriteCall& call) {
  return std::visit(
      [&writes](auto& one) {
        auto answer = writes.apply(one.request);
        const bool applied = answer.has_value() || is_erase(one);
        if (answer.has_value()) one.answer = *std::move(answer);
        return applied;
      },
      call);
}

void KeyValueSide::keep_progress(WriteCall& call) noexcept {
  auto* erase = std::get_if<EraseCall>(&call);
  if (erase != nullptr) erase->request.progress = std::move(erase->request.next);
}

}  // namespace sublet::adapters::sqlite
