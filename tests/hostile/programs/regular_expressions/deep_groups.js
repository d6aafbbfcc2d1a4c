// EXPECT ANY: groups inside groups
// SPDX-License-Identifier: Apache-2.0
new RegExp("(".repeat(80_000) + ")".repeat(80_000)).test("");
