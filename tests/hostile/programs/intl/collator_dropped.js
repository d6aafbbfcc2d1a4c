// EXPECT CONTAINED: Intl.Collator objects made and dropped: garbage that looks small
// SPDX-License-Identifier: Apache-2.0
for (;;) new Intl.Collator("ja");
