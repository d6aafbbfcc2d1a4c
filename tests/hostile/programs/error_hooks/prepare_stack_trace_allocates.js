// EXPECT CONTAINED: the hook takes all memory
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = () => {
  const kept = [];
  for (;;) kept.push(new Array(1000).fill(0));
};
new Error("x").stack;
