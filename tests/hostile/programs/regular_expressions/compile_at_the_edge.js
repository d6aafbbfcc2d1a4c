// EXPECT ANY: compiled with no stack left: V8 gives up on the process
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => {
  try {
    dive();
  } catch {
    new RegExp(`(?:l|m(?:n|o(?:p|q)))*${n++}`).test("lmnop");
    if (n > 200) throw 1;
  }
};
dive();
