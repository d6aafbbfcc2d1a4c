// EXPECT ANY: an object that is held many times stays one
// SPDX-License-Identifier: Apache-2.0
let node = { leaf: 1 };
for (let i = 0; i < 60; i++) node = [node, node];
structuredClone(node);
