// EXPECT ANY: a hundred thousand alternatives
// SPDX-License-Identifier: Apache-2.0
new RegExp(Array.from({ length: 1e5 }, (_, i) => i.toString(36)).join("|")).test("nothing of it");
