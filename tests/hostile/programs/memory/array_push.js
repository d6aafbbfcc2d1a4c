// EXPECT CONTAINED: an array that grows
// SPDX-License-Identifier: Apache-2.0
const a = [];
for (;;) a.push({});
