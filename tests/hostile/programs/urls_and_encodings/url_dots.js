// EXPECT CONTAINED: a path of dots
// SPDX-License-Identifier: Apache-2.0
const path = "/a/..".repeat(200_000);
for (;;) new URL("http://h" + path).pathname;
