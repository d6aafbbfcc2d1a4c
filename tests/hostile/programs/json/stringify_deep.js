// EXPECT EXCEPTION: nested too deep for the stack
// SPDX-License-Identifier: Apache-2.0
let node = {};
for (let i = 0; i < 400_000; i++) node = { node };
JSON.stringify(node);
