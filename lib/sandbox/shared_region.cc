// SPDX-License-Identifier: Apache-2.0
#include "sandbox/shared_region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

namespace sublet::sandbox {

SharedRegion SharedRegion::create() {
  SharedRegion region;
  base::UniqueFd fd(::memfd_create("sublet", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(kSize)) != 0) return region;
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return region;
  region.fd_ = std::move(fd);
  return region;
}

SharedRegion SharedRegion::adopt(base::UniqueFd fd) {
  SharedRegion region;
  region.fd_ = std::move(fd);
  return region;
}

SharedRegion::SharedRegion(SharedRegion&& other) noexcept
    : fd_(std::move(other.fd_)), memory_(std::exchange(other.memory_, nullptr)) {}

SharedRegion& SharedRegion::operator=(SharedRegion&& other) noexcept {
  if (this == &other) return *this;
  if (memory_ != nullptr) ::munmap(memory_, kSize);
  fd_ = std::move(other.fd_);
  memory_ = std::exchange(other.memory_, nullptr);
  return *this;
}

SharedRegion::~SharedRegion() {
  if (memory_ != nullptr) ::munmap(memory_, kSize);
}

char* SharedRegion::map() noexcept {
  if (memory_ != nullptr || !fd_) return memory_;
  void* mapped = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (mapped != MAP_FAILED) memory_ = static_cast<char*>(mapped);
  return memory_;
}

void SharedRegion::discard_all() noexcept {
  constexpr int kHole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (fd_) (void)::fallocate(fd_.get(), kHole, 0, static_cast<off_t>(kSize));
}

void SharedRegion::discard(std::size_t bytes) noexcept {
  constexpr std::size_t kPage = 4096;
  if (memory_ != nullptr) ::madvise(memory_, (bytes + kPage - 1) / kPage * kPage, MADV_REMOVE);
}

}  // namespace sublet::sandbox
