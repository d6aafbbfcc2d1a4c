// EXPECT CONTAINED: a loop in a reviver
// SPDX-License-Identifier: Apache-2.0
JSON.parse("[1]", () => { for (;;); });
