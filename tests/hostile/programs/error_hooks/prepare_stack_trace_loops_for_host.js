// EXPECT ANY: the hook never returns, and the host describes the error
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = () => { for (;;); };
throw new TypeError("described by the host");
