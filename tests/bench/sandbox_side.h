// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/host_side.h"

// What the works of the sandboxed tier share: its hosts, and the bare yardsticks.
namespace sublet::bench {

// make_host() with the helper executable of this build; every tenant is sandboxed.
std::unique_ptr<ExtensionHost> make_sandboxed_host(
    std::uint32_t workers, const std::function<void(HostOptions&)>& change = nullptr);

// A process forked from this one, with a socket between the two; ends with its owner. Made before
// this process starts V8 or a thread.
class SideProcess {
 public:
  // `serve` runs in the new process until its socket is closed.
  explicit SideProcess(const std::function<void(int socket)>& serve);
  ~SideProcess();
  SideProcess(const SideProcess&) = delete;
  SideProcess& operator=(const SideProcess&) = delete;

  int socket() const { return socket_; }

 private:
  int socket_ = -1;
  pid_t pid_ = 0;
};

// All of a message of known size, or false.
bool send_all(int socket, std::string_view bytes);
bool receive_all(int socket, char* bytes, std::size_t size);

// A process that answers `question` bytes with `answer` bytes, and does nothing else.
class BareEcho {
 public:
  BareEcho(std::size_t question, std::size_t answer);

  // From the first byte sent to the last one received.
  std::uint64_t round_trip_ns(std::string_view question);

 private:
  std::size_t question_;
  std::vector<char> answer_;
  SideProcess process_;
};

// A process like the helper when it is about to fork: V8 started, an isolate with one context.
class BareZygote {
 public:
  BareZygote();

  // From before fork() to the byte that the child writes first of all.
  std::uint64_t fork_ns();

 private:
  SideProcess process_;
};

// Memory of processes, from /proc/PID/smaps_rollup, and their page tables.
struct ProcessMemory {
  std::size_t processes = 0;
  double private_bytes = 0;
  double proportional_bytes = 0;  // what is shared counts by its share
  double page_table_bytes = 0;
};

// Of the sandboxed processes whose descriptors this process holds, ready ones included, but not of
// the helper that forked them. Throws where the system does not show it.
ProcessMemory sandboxed_memory();

}  // namespace sublet::bench
