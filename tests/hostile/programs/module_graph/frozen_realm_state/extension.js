// EXPECT OK: module state of a frozen realm is fresh
// SPDX-License-Identifier: Apache-2.0
let calls = 0;
const list = [];
export const run = () => {
  list.push(calls++);
  if (calls !== 1 || list.length !== 1) throw new Error("kept");
  return calls;
};
