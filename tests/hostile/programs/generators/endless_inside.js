// EXPECT CONTAINED: a generator that never yields
// SPDX-License-Identifier: Apache-2.0
function* stuck() { for (;;); yield 1; }
[...stuck()];
