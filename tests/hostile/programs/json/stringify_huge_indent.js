// EXPECT ANY: indentation multiplies
// SPDX-License-Identifier: Apache-2.0
let node = 1;
for (let i = 0; i < 3000; i++) node = [node, node === 1 ? 1 : 0];
JSON.stringify(node, null, 10).length;
