// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/unique_fd.h"
#include "sandbox/cgroup.h"
#include "sandbox/child_process.h"
#include "sandbox/control.h"
#include "sandbox/helper_process.h"
#include "sublet/result.h"

namespace sublet::sandbox {

struct ZygoteOptions {
  std::filesystem::path helper;
  // Processes that are forked before anybody needs them.
  std::uint32_t spares = 2;
  bool jitless = false;
  // A delegated control group, and what all processes may take in it; empty: none.
  std::filesystem::path cgroup;
  std::uint64_t cgroup_memory = 0;
  std::chrono::microseconds clock_resolution{0};
};

// The host's link to the zygote: starts the helper when it is first needed, again when it is gone,
// and has it fork a process for each isolate. Thread-safe; blocks while the helper starts or forks.
class ZygoteLink {
 public:
  explicit ZygoteLink(ZygoteOptions options) : options_(std::move(options)) {}
  ~ZygoteLink();
  ZygoteLink(const ZygoteLink&) = delete;
  ZygoteLink& operator=(const ZygoteLink&) = delete;

  struct Child {
    std::uint32_t number = 0;
    std::unique_ptr<ChildProcess> process;
  };
  // kUnavailable where there is none to be had now.
  Result<Child> take() SUBLET_EXCLUDES(mutex_);
  // How a process ended, as far as the zygote has told.
  struct Fate {
    std::string text;  // for people: "ended by signal 9"; empty: not known
    std::chrono::nanoseconds cpu{0};
  };
  Fate fate_of(std::uint32_t number) SUBLET_EXCLUDES(mutex_);
  // Whoever waits for a process gives up soon; none is made any more.
  void begin_stop() noexcept { stopping_ = true; }
  void stop_for_good() SUBLET_EXCLUDES(mutex_);

 private:
  struct Pending {
    std::uint32_t number = 0;
    base::UniqueFd socket;
    SharedRegion region;
    base::UniqueFd process;  // once the zygote has told
    bool failed = false;
  };

  Result<void> ensure_started() SUBLET_REQUIRES(mutex_);
  // A helper that has said hello.
  struct Started {
    std::optional<HelperProcess> helper;
    base::UniqueFd control;
    std::optional<Cgroup> cgroup;
  };
  Result<Started> start() const;
  Result<void> join_cgroup(Started& started) const;
  ControlRead receive(int socket, int milliseconds, ControlMessage& message,
                      std::vector<base::UniqueFd>& descriptors) const;
  void stop() SUBLET_REQUIRES(mutex_);
  bool request() SUBLET_REQUIRES(mutex_);
  std::optional<Child> take_pending() SUBLET_REQUIRES(mutex_);
  // False where the zygote is gone.
  bool read_one(int milliseconds, bool& came) SUBLET_REQUIRES(mutex_);

  const ZygoteOptions options_;
  base::Mutex mutex_;
  std::optional<Cgroup> cgroup_ SUBLET_GUARDED_BY(mutex_);
  std::optional<HelperProcess> helper_ SUBLET_GUARDED_BY(mutex_);
  base::UniqueFd control_ SUBLET_GUARDED_BY(mutex_);
  std::uint32_t last_number_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::deque<Pending> pending_ SUBLET_GUARDED_BY(mutex_);
  std::map<std::uint32_t, Fate> fates_ SUBLET_GUARDED_BY(mutex_);
  // Starts that failed in a row put the next one off.
  std::uint32_t failures_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::chrono::steady_clock::time_point next_start_ SUBLET_GUARDED_BY(mutex_){};
  std::string failure_ SUBLET_GUARDED_BY(mutex_);
  // One thread starts the helper, without the lock; the others wait a little for it.
  bool starting_ SUBLET_GUARDED_BY(mutex_) = false;
  base::CondVar started_;
  std::atomic<bool> stopping_{false};
};

}  // namespace sublet::sandbox
