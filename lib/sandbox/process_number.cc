// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process_number.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace sublet::sandbox {

pid_t number_of_process(int process) {
  const std::string path = "/proc/self/fdinfo/" + std::to_string(process);
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return -1;
  char text[512];
  const ssize_t size = ::read(file.get(), text, sizeof text);
  if (size <= 0) return -1;
  const std::string_view info(text, static_cast<std::size_t>(size));
  constexpr std::string_view kKey = "\nPid:\t";
  const std::size_t at = info.find(kKey);
  if (at == std::string_view::npos) return -1;
  pid_t pid = -1;
  const char* const first = info.data() + at + kKey.size();
  if (std::from_chars(first, info.data() + info.size(), pid).ec != std::errc()) return -1;
  return pid > 0 ? pid : -1;
}

}  // namespace sublet::sandbox
