// EXPECT ANY: a literal that is compiled with no stack left
// SPDX-License-Identifier: Apache-2.0
function dive() {
  try {
    dive();
  } catch {
    /(?:r|s(?:t|u(?:v|w)))+x/.test("rst" + Math.random());
  }
}
dive();
