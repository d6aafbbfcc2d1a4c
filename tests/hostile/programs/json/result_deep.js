// EXPECT ANY: the result is nested a hundred thousand deep
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => {
  let node = 0;
  for (let i = 0; i < 1e5; i++) node = { node };
  return node;
};
