// EXPECT CONTAINED: words with an optional space
// SPDX-License-Identifier: Apache-2.0
/^(?:\w+\s?)+$/.test("word".repeat(12) + "!");
