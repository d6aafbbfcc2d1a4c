// EXPECT OK: Math.random is as it was
// SPDX-License-Identifier: Apache-2.0
if (Math.random.planted !== undefined) throw new Error("planted");
Math.random = Object.assign(() => 0.5, { planted: 1 });
