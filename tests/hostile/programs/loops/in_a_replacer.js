// EXPECT CONTAINED: a loop in the callback of replace
// SPDX-License-Identifier: Apache-2.0
"abc".replace(/./g, () => { for (;;); });
