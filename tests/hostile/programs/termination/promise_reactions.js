// EXPECT CONTAINED: reactions do not run after termination
// SPDX-License-Identifier: Apache-2.0
Promise.resolve().then(() => { for (;;); });
queueMicrotask(() => { for (;;); });
for (;;);
