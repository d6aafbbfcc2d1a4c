// EXPECT CONTAINED: a loop in the handler, after an await
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = async () => {
  await print("before");
  for (;;);
};
