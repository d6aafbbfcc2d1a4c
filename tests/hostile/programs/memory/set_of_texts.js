// EXPECT CONTAINED: a Set of texts
// SPDX-License-Identifier: Apache-2.0
const s = new Set();
for (let i = 0; ; i++) s.add("text number " + i);
