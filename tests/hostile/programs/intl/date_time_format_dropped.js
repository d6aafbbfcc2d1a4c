// EXPECT CONTAINED: Intl.DateTimeFormat objects made and dropped: garbage that looks small
// SPDX-License-Identifier: Apache-2.0
for (;;) new Intl.DateTimeFormat("fa", { dateStyle: "long", calendar: "persian" });
