// EXPECT CONTAINED: each microtask queues the next
// SPDX-License-Identifier: Apache-2.0
const again = () => Promise.resolve().then(again);
again();
