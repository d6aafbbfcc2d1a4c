// EXPECT CONTAINED: a log line of half a gigabyte
// SPDX-License-Identifier: Apache-2.0
log("l".repeat(2 ** 29 - 24));
for (;;);
