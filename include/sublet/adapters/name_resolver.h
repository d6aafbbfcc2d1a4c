// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// All addresses of a name, as numbers, in the order in which they are to be tried.
using ResolveCallback = std::function<void(Result<std::vector<std::string>>)>;

// Looks names up for the request proxy, which checks every address before it is used.
//
// Ownership: shared; the destructor answers what is under way with kUnavailable.
// Thread safety: thread-safe. A callback runs exactly once, on a thread of the resolver or inside
// resolve(), under no lock.
// Blocking: never.
// Errors: kNotFound: there is no such name; kUnavailable: nobody knows now.
class SUBLET_EXPORT NameResolver {
 public:
  virtual ~NameResolver();

  // `name` is a host name in ASCII, never a number.
  virtual void resolve(std::string name, ResolveCallback done) noexcept = 0;
};

}  // namespace v1
}  // namespace sublet
