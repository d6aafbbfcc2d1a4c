// EXPECT ANY: a long list as the result
// SPDX-License-Identifier: Apache-2.0
let list = null;
for (let i = 0; i < 200_000; i++) list = [list];
globalThis.handler = () => list;
