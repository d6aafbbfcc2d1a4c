// SPDX-License-Identifier: Apache-2.0
#include "host/misuse.h"

#include <string>

#include "policy/names.h"

namespace sublet::host {

Error forked() {
  return Error{ErrorCode::kFailedPrecondition,
               "this process was forked after the ExtensionHost was created; create it in the "
               "worker process, after the fork"};
}

Error not_installed(std::string_view tenant, std::string_view extension) {
  return Error{ErrorCode::kNotFound, "tenant " + policy::in_quotes(tenant) + " has no extension " +
                                         policy::in_quotes(extension)};
}

}  // namespace sublet::host
