// EXPECT CONTAINED: a timer that never returns
// SPDX-License-Identifier: Apache-2.0
setTimeout(() => { for (;;); }, 0);
await new Promise((resolve) => setTimeout(resolve, 50));
