// EXPECT ANY: a pattern of eight megabytes
// SPDX-License-Identifier: Apache-2.0
new RegExp("rs".repeat(4e6)).test("rs");
