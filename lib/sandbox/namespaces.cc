// SPDX-License-Identifier: Apache-2.0
#include "sandbox/namespaces.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace sublet::sandbox {
namespace {

bool write_file(int folder, const char* name, std::string_view text) {
  const base::UniqueFd file(::openat(folder, name, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// The new root: an empty folder that nothing can be added to, in memory, mounted over any folder
// that there is, and then in the place of everything.
bool empty_root() {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (const char* folder : {"/tmp", "/proc", "/usr", "/dev"}) {
    if (::mount("none", folder, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                "size=4k,nr_inodes=1,mode=0555") != 0) {
      continue;
    }
    // The new root on top of the old one, and the old one taken away from below it.
    return ::chdir(folder) == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 &&
           ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0;
  }
  return false;
}

// One at a time: each can be forbidden, or used up, by itself.
void detach(Walls& walls) {
  if (!walls.has(Wall::kNetworkNamespace)) {
    walls.add_if(::unshare(CLONE_NEWNET) == 0, Wall::kNetworkNamespace);
  }
  if (!walls.has(Wall::kIpcNamespace)) {
    walls.add_if(::unshare(CLONE_NEWIPC) == 0, Wall::kIpcNamespace);
  }
  if (!walls.has(Wall::kUtsNamespace)) {
    walls.add_if(::unshare(CLONE_NEWUTS) == 0, Wall::kUtsNamespace);
  }
  if (!walls.has(Wall::kEmptyRoot)) {
    walls.add_if(::unshare(CLONE_NEWNS) == 0 && empty_root(), Wall::kEmptyRoot);
  }
}

// `self` is /proc/self, which an empty root has taken away by now.
bool enter_user_namespace(id_t id, int self) {
  const std::string inside = std::to_string(id);
  const std::string user = inside + " " + std::to_string(::geteuid()) + " 1";
  const std::string group = inside + " " + std::to_string(::getegid()) + " 1";
  // The maps belong to root while the process cannot be dumped, as after giving up root.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  (void)write_file(self, "setgroups", "deny");
  // A user who is not mapped can do nothing more than one who is, but has no namespaces of its own.
  (void)write_file(self, "gid_map", group);
  (void)write_file(self, "uid_map", user);
  return true;
}

// Also where the host is setuid: the real user is who runs it. False: still root.
bool become_unprivileged(id_t id) {
  const uid_t user = ::getuid() == 0 ? id : ::getuid();
  const gid_t group = ::getgid() == 0 ? id : ::getgid();
  const bool privileged = ::geteuid() == 0;
  if (privileged) (void)::setgroups(0, nullptr);
  (void)::setresgid(group, group, group);
  return ::setresuid(user, user, user) == 0 && ::geteuid() != 0;
}

}  // namespace

Walls leave_the_system(id_t id, bool namespaces) {
  Walls walls;
  const base::UniqueFd self(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  // Root may do without a user namespace, and afterwards is root no more.
  if (namespaces && ::geteuid() == 0) detach(walls);
  walls.add_if(become_unprivileged(id), Wall::kUnprivilegedUser);
  if (namespaces && enter_user_namespace(id, self.get())) {
    walls.add(Wall::kUserNamespace);
    detach(walls);
  }
  return walls;
}

bool drop_capabilities() noexcept {
  constexpr int kMostCapabilities = 64;
  (void)::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Fails without the capability to do so: no_new_privs then does the same.
  for (int i = 0; i < kMostCapabilities && ::prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0; ++i) {
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace sublet::sandbox
