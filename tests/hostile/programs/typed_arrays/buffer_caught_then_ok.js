// EXPECT OK: a refused buffer is a RangeError that may be caught
// SPDX-License-Identifier: Apache-2.0
let caught = "nothing";
try {
  new Uint8Array(1 << 30);
} catch (error) {
  caught = error.constructor.name;
}
if (caught !== "RangeError") throw new Error(caught);
