// EXPECT CONTAINED: Intl.NumberFormat objects made and dropped: garbage that looks small
// SPDX-License-Identifier: Apache-2.0
for (;;) new Intl.NumberFormat("bn", { notation: "compact" });
