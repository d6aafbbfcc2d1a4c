// EXPECT CONTAINED: sixteen megabytes of base64, there and back
// SPDX-License-Identifier: Apache-2.0
let s = "QUJD".repeat(4e6);
for (;;) s = btoa(atob(s));
