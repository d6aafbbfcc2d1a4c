// EXPECT CONTAINED: exec answers always: replace never ends
// SPDX-License-Identifier: Apache-2.0
const r = /a/g;
r.exec = () => ({ index: 0, length: 1, 0: "a", groups: undefined });
"aaa".replace(r, "b");
