// EXPECT CONTAINED: an async function awaits itself
// SPDX-License-Identifier: Apache-2.0
const f = async () => {
  await null;
  return f();
};
await f();
