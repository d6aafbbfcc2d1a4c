// EXPECT CONTAINED: objects that hold the same object twice, sixty deep
// SPDX-License-Identifier: Apache-2.0
let node = [1];
for (let i = 0; i < 64; i++) node = [node, node];
JSON.stringify(node);
