// EXPECT ANY: causes of causes
// SPDX-License-Identifier: Apache-2.0
let e = new Error("first");
for (let i = 0; i < 200_000; i++) e = new Error("next", { cause: e });
throw e;
