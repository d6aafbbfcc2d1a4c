// EXPECT CONTAINED: a list that never ends is formatted
// SPDX-License-Identifier: Apache-2.0
new Intl.ListFormat("en").format((function* () { for (;;) yield "x"; })());
