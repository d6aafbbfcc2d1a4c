// EXPECT CONTAINED: the result is small and its text is not
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => {
  let node = "leaf";
  for (let i = 0; i < 40; i++) node = { a: node, b: node };
  return node;
};
