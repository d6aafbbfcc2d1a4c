// EXPECT OK: Intl is as it was
// SPDX-License-Identifier: Apache-2.0
if (Intl.planted !== undefined || Intl.NumberFormat.prototype.planted !== undefined || new Intl.NumberFormat("en").format(1234.5) !== "1,234.5") throw new Error("planted");
Intl.planted = 1;
Intl.NumberFormat.prototype.planted = 1;
