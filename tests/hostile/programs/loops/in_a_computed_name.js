// EXPECT CONTAINED: a loop in a computed name
// SPDX-License-Identifier: Apache-2.0
void { [(() => { for (;;); })()]: 1 };
