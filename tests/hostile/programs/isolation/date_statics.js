// EXPECT OK: Date is as it was
// SPDX-License-Identifier: Apache-2.0
if (Date.planted !== undefined || Date.now.planted !== undefined || !Number.isInteger(Date.now())) throw new Error("planted");
Date.planted = 1;
Date.now = Object.assign(() => 0.5, { planted: 1 });
