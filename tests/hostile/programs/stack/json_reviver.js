// EXPECT EXCEPTION: a reviver over JSON that is nested deep
// SPDX-License-Identifier: Apache-2.0
JSON.parse("[".repeat(200_000) + "]".repeat(200_000), (key, value) => value);
