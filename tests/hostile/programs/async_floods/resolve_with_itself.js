// EXPECT EXCEPTION: a promise that is its own answer
// SPDX-License-Identifier: Apache-2.0
let resolve;
const p = new Promise((r) => (resolve = r));
resolve(p);
await p;
