// EXPECT CONTAINED: queueMicrotask queues itself
// SPDX-License-Identifier: Apache-2.0
const again = () => queueMicrotask(again);
again();
