// SPDX-License-Identifier: Apache-2.0
#include "sandbox/syscall_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

#include "sandbox/syscall_rules.h"

namespace sublet::sandbox {
namespace {

constexpr std::uint32_t kEndProcess = SECCOMP_RET_KILL_PROCESS;

bool stands(RuleMode mode, const FilterOptions& options) {
  switch (mode) {
    case RuleMode::kAlways:
      return true;
    case RuleMode::kJit:
      return !options.jitless;
    case RuleMode::kJitless:
      return options.jitless;
    case RuleMode::kFork:
      return options.allow_fork;
    case RuleMode::kNoFork:
      return !options.allow_fork;
  }
  return false;
}

// The numbers from `first` up to the next range's that have one answer. With a rule: one number,
// whose arguments matter.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t answer = 0;
  const SyscallRule* rule = nullptr;
};

constexpr std::uint32_t failure(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

Range range_of(const SyscallRule& rule) {
  const auto number = static_cast<std::uint32_t>(rule.number);
  if (rule.verdict == Verdict::kFatal) return {number, kEndProcess};
  if (rule.verdict == Verdict::kFail) return {number, failure(rule.error)};
  if (rule.first.kind == Condition::Kind::kNone) return {number, SECCOMP_RET_ALLOW};
  return {number, 0, &rule};
}

// All numbers there are, in ranges.
std::vector<Range> ranges_for(const FilterOptions& options) {
  std::vector<Range> rules;
  for (const SyscallRule& rule : syscall_rules()) {
    if (stands(rule.mode, options)) rules.push_back(range_of(rule));
  }
  std::sort(rules.begin(), rules.end(),
            [](const Range& one, const Range& other) { return one.first < other.first; });
  std::vector<Range> ranges;
  const auto append = [&ranges](const Range& range) {
    const bool same = !ranges.empty() && !ranges.back().rule && !range.rule &&
                      ranges.back().answer == range.answer;
    if (!same) ranges.push_back(range);
  };
  std::uint32_t next = 0;
  for (const Range& rule : rules) {
    if (rule.first > next) append({next, failure(ENOSYS)});
    append(rule);
    next = rule.first + 1;
  }
  append({next, failure(ENOSYS)});
  if (foreign_numbers() != 0) append({foreign_numbers(), kEndProcess});
  return ranges;
}

// Writes the filter as a binary search. Short paths matter: the kernel walks the filter once for
// every number when it is installed, to find out which calls are allowed whatever their arguments.
class Assembler {
 public:
  void assemble(std::span<const Range> ranges) {
    load(offsetof(seccomp_data, arch));
    jump(BPF_JEQ, syscall_architecture(), 1, 0);
    answer(kEndProcess);
    load(offsetof(seccomp_data, nr));
    search(ranges);
  }

  std::vector<sock_filter> code;
  std::vector<std::size_t> own_process;  // where the process's own id is to be filled in

 private:
  void search(std::span<const Range> ranges) {
    if (ranges.size() == 1) return leaf(ranges.front());
    const std::size_t half = ranges.size() / 2;
    const std::size_t test = code.size();
    jump(BPF_JGE, ranges[half].first, 0, 0);
    search(ranges.first(half));
    const std::size_t distance = code.size() - test - 1;
    if (distance <= 255) {
      code[test].jt = static_cast<std::uint8_t>(distance);
    } else {  // too far for a conditional jump
      code[test].jf = 1;
      code.insert(code.begin() + static_cast<std::ptrdiff_t>(test) + 1,
                  BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(distance)));
      for (std::size_t& place : own_process) place += place > test ? 1 : 0;
    }
    search(ranges.subspan(half));
  }

  void leaf(const Range& range) {
    if (range.rule == nullptr) return answer(range.answer);
    const std::uint32_t otherwise =
        range.rule->fatal_otherwise ? kEndProcess : failure(range.rule->error);
    require(range.rule->first, otherwise);
    require(range.rule->second, otherwise);
    answer(SECCOMP_RET_ALLOW);
  }

  void require(const Condition& condition, std::uint32_t otherwise) {
    if (condition.kind == Condition::Kind::kNone) return;
    // Both architectures are little-endian: the lower half comes first.
    load(offsetof(seccomp_data, args) + condition.argument * sizeof(std::uint64_t));
    switch (condition.kind) {
      case Condition::Kind::kNone:
        break;
      case Condition::Kind::kMaskedEqual:
        code.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, condition.mask));
        jump(BPF_JEQ, condition.value, 1, 0);
        break;
      case Condition::Kind::kAtMost:
        jump(BPF_JGT, condition.value, 0, 1);
        break;
      case Condition::Kind::kOwnProcess:
        own_process.push_back(code.size());
        jump(BPF_JEQ, 0, 1, 0);
        break;
      case Condition::Kind::kOtherThan:
        jump(BPF_JEQ, condition.value, 0, 1);
        break;
    }
    answer(otherwise);
  }

  void load(std::size_t offset) {
    code.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void jump(int test, std::uint32_t value, std::uint8_t when_true, std::uint8_t when_false) {
    code.push_back(
        BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, when_true, when_false));
  }
  void answer(std::uint32_t action) { code.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
};

long seccomp(unsigned operation, unsigned flags, void* argument) {
  return ::syscall(__NR_seccomp, operation, flags, argument);
}

}  // namespace

bool syscall_filter_available() noexcept {
  std::uint32_t action = kEndProcess;
  return syscall_architecture() != 0 && seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

SyscallFilter::SyscallFilter(const FilterOptions& options) : options_(options) {
  Assembler assembler;
  assembler.assemble(ranges_for(options));
  code_ = std::move(assembler.code);
  own_process_ = std::move(assembler.own_process);
}

Result<void> SyscallFilter::install() {
  if (syscall_architecture() == 0) {
    return Error{ErrorCode::kUnavailable, "no table of system calls for this architecture"};
  }
  for (const std::size_t place : own_process_)
    code_[place].k = static_cast<std::uint32_t>(::getpid());
  sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
  if (seccomp(SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    return Error{ErrorCode::kUnavailable, "the kernel refused the filter of system calls: " +
                                              std::generic_category().message(errno)};
  }
  return {};
}

bool ended_by_filter(int status) noexcept {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

}  // namespace sublet::sandbox
