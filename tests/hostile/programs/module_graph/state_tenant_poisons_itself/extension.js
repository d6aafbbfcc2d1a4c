// EXPECT ANY: kept state that spoils the next invocation
// SPDX-License-Identifier: Apache-2.0
let calls = 0;
export const run = () => {
  if (calls++ > 0) for (;;);
  Promise.prototype.then = null;
  Object.prototype.toJSON = () => { for (;;); };
  return calls;
};
