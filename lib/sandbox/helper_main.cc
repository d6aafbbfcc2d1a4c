// SPDX-License-Identifier: Apache-2.0
// The helper executable `sublet-sandbox`. Started by the library, never by people.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string_view>

#include "sandbox/control.h"
#include "sandbox/run_check.h"
#include "sandbox/zygote.h"
#include "sublet/version.h"

namespace {

constexpr int kUsage = 2;

int say_version() {
  const std::string_view version = sublet::library_version();
  std::printf("sublet-sandbox %.*s\n", static_cast<int>(version.size()), version.data());
  return 0;
}

bool take_resolution(std::string_view argument, sublet::sandbox::ZygoteSetup& setup) {
  constexpr std::string_view kKey = "--clock-resolution=";
  if (!argument.starts_with(kKey)) return false;
  argument.remove_prefix(kKey.size());
  long microseconds = 0;
  const char* const end = argument.data() + argument.size();
  if (std::from_chars(argument.data(), end, microseconds).ptr != end || microseconds < 0)
    return false;
  setup.clock_resolution = std::chrono::microseconds(microseconds);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  bool zygote = false;
  sublet::sandbox::ZygoteSetup setup;
  setup.control = sublet::sandbox::kControlFd;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--version") return say_version();
    if (argument == "--check") return sublet::sandbox::run_check(STDOUT_FILENO);
    // The same, for the library.
    if (argument == "--report") return sublet::sandbox::run_check(sublet::sandbox::kControlFd);
    if (argument == "--zygote") {
      zygote = true;
    } else if (argument == "--jitless") {
      setup.jitless = true;
    } else if (!take_resolution(argument, setup)) {
      return kUsage;
    }
  }
  return zygote ? sublet::sandbox::run_zygote(setup) : kUsage;
}
