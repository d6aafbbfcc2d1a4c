// EXPECT CONTAINED: every call awaits two more
// SPDX-License-Identifier: Apache-2.0
const f = async () => {
  await null;
  await Promise.all([f(), f()]);
};
await f();
