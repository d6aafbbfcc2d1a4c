// EXPECT CONTAINED: each timer sets the next
// SPDX-License-Identifier: Apache-2.0
const again = () => setTimeout(again, 0);
again();
await new Promise(() => {});
