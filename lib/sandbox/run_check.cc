// SPDX-License-Identifier: Apache-2.0
#include "sandbox/run_check.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "engine/v8_engine.h"
#include "sandbox/confinement.h"
#include "sandbox/confinement_check.h"
#include "sublet/version.h"

namespace sublet::sandbox {
namespace {

constexpr int kChecked = 0;
constexpr int kNotWritten = 74;

[[noreturn]] void be_child(Confinement& confinement, int socket) {
  ChildConfinement options;
  options.socket = socket;
  ConfinementCheck found;
  Result<Walls> walls = confinement.confine_child(options);
  if (walls) {
    found.child = *walls;
  } else {
    found.failure = walls.error().message;
  }
  const std::string text = encode(found);
  (void)!::write(socket, text.data(), text.size());
  ::_exit(kChecked);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 1024> block;
  for (ssize_t size = 0; (size = ::read(descriptor, block.data(), block.size())) > 0;) {
    text.append(block.data(), static_cast<std::size_t>(size));
  }
  return text;
}

void check_child(Confinement& confinement, base::UniqueFd ours, base::UniqueFd theirs,
                 ConfinementCheck& check) {
  const pid_t pid = ::fork();
  if (pid < 0) {
    check.failure = "no process could be forked";
    return;
  }
  if (pid == 0) be_child(confinement, theirs.get());
  theirs = base::UniqueFd();
  const ConfinementCheck found = parse_confinement_check(read_all(ours.get()));
  int status = 0;
  (void)::waitpid(pid, &status, 0);
  check.child = found.child;
  check.failure = found.failure;
  if (status != 0) check.failure = "a confined process ended by itself";
}

void check_all(int descriptor, ConfinementCheck& check) {
  engine::V8EngineOptions options;
  options.forkable = true;
  const auto engine = engine::create_v8_engine(options);
  if (!engine) {
    check.failure = engine.error().message;
    return;
  }
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    check.failure = "no socket could be made";
    return;
  }
  base::UniqueFd ours(ends[0]);
  base::UniqueFd theirs(ends[1]);
  const std::array<int, 3> kept = {descriptor, ours.get(), theirs.get()};
  ZygoteConfinement confined;
  confined.descriptors = kept;
  Result<Confinement> confinement = Confinement::of_zygote(confined);
  if (!confinement) {
    check.failure = confinement.error().message;
    return;
  }
  check.zygote = confinement->walls();
  check_child(*confinement, std::move(ours), std::move(theirs), check);
}

}  // namespace

int run_check(int descriptor) {
  ConfinementCheck check;
  check.version = library_version();
  check.engine = engine_version();
  check_all(descriptor, check);
  const std::string text = encode(check);
  const auto size = static_cast<ssize_t>(text.size());
  return ::write(descriptor, text.data(), text.size()) == size ? kChecked : kNotWritten;
}

}  // namespace sublet::sandbox
