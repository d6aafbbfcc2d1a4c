// EXPECT CONTAINED: log lines without end
// SPDX-License-Identifier: Apache-2.0
for (;;) log("line", { a: 1 });
