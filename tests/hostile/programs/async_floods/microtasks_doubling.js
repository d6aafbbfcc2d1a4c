// EXPECT CONTAINED: each microtask queues two
// SPDX-License-Identifier: Apache-2.0
const again = () => {
  Promise.resolve().then(again);
  Promise.resolve().then(again);
};
again();
