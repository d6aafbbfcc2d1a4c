// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

// The system calls of a sandboxed process, each with the reason: the table is in syscall_rules.cc.
namespace sublet::sandbox {

// What the filter does with a call that the table names. Calls that it does not name fail with
// ENOSYS: what a newer C library or V8 tries first then falls back as on an older kernel, and what
// a newer kernel offers is refused before anybody knew of it.
enum class Verdict : std::uint8_t {
  kAllow,
  kFail,   // errno, for what V8, ICU and the C library try without needing it
  kFatal,  // ends the process, at once: nothing but an attack calls this
};

// In which processes a rule stands.
enum class RuleMode : std::uint8_t { kAlways, kJit, kJitless, kFork, kNoFork };

// A test of the lower half of one argument, which is all that the kernel reads of those tested.
struct Condition {
  enum class Kind : std::uint8_t { kNone, kMaskedEqual, kAtMost, kOwnProcess, kOtherThan };
  Kind kind = Kind::kNone;
  std::uint8_t argument = 0;
  std::uint32_t mask = 0;   // kMaskedEqual
  std::uint32_t value = 0;  // kMaskedEqual, kAtMost, kOtherThan
};

struct SyscallRule {
  int number;
  const char* name;
  Verdict verdict;
  const char* reason;
  int error = 0;  // kFail; kAllow where a condition does not hold
  RuleMode mode = RuleMode::kAlways;
  Condition first = {}, second = {};  // of kAllow; all must hold
  bool fatal_otherwise = false;       // of kAllow; a condition that does not hold is fatal
};

// The table, without the calls that this architecture does not have.
std::span<const SyscallRule> syscall_rules() noexcept;

// The AUDIT_ARCH_* value that the table is for. 0: there is none for this architecture.
std::uint32_t syscall_architecture() noexcept;
// Where the numbers of another interface to the same calls begin (x32). 0: there is none.
std::uint32_t foreign_numbers() noexcept;

}  // namespace sublet::sandbox
