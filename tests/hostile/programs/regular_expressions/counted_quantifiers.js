// EXPECT ANY: counted repeats multiply when compiled
// SPDX-License-Identifier: Apache-2.0
new RegExp("(?:(?:(?:q{1,90}){1,90}){1,90}){1,90}").test("q".repeat(500));
