// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sublet::adapters::curl {

// Makes libcurl ready, once for the process. That sets OpenSSL up as its own first use would
// (OPENSSL_init_ssl with the system's openssl.cnf) and nothing else of the host's. It is never
// undone, since the host may use libcurl too. False: libcurl does not start, or it is none that
// can be started while other threads run.
bool is_ready() noexcept;

}  // namespace sublet::adapters::curl
