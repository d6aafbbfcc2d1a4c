// EXPECT CONTAINED: an options bag whose getter never returns
// SPDX-License-Identifier: Apache-2.0
new Intl.NumberFormat("en", { get style() { for (;;); } });
