// EXPECT CONTAINED: a delay that loops when it becomes a number
// SPDX-License-Identifier: Apache-2.0
setTimeout(() => {}, { valueOf() { for (;;); } });
