// EXPECT OK: finalizers would run in other invocations: there are none
// SPDX-License-Identifier: Apache-2.0
if (typeof FinalizationRegistry !== "undefined") throw new Error("FinalizationRegistry is there");
