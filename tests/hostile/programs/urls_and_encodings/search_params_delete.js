// EXPECT ANY: deletes one by one: quadratic
// SPDX-License-Identifier: Apache-2.0
const p = new URLSearchParams("a=1&".repeat(200_000));
for (let i = 0; i < 200_000; i++) p.delete("a" + i);
