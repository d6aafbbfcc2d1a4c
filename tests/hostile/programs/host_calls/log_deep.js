// EXPECT ANY: a logged object that is nested deep
// SPDX-License-Identifier: Apache-2.0
let node = {};
for (let i = 0; i < 50_000; i++) node = { node };
console.dir(node, { depth: null });
log(node);
