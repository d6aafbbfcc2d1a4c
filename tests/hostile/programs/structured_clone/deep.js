// EXPECT ANY: a hundred thousand levels
// SPDX-License-Identifier: Apache-2.0
let node = {};
for (let i = 0; i < 100_000; i++) node = { node };
structuredClone(node);
