// EXPECT CONTAINED: millions of microtasks before the first runs
// SPDX-License-Identifier: Apache-2.0
for (;;) queueMicrotask(() => {});
