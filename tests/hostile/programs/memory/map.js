// EXPECT CONTAINED: a Map that grows
// SPDX-License-Identifier: Apache-2.0
const m = new Map();
for (let i = 0; ; i++) m.set({ i }, i);
