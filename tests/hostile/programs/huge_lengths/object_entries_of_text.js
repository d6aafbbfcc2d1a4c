// EXPECT CONTAINED: the entries of a wrapped text
// SPDX-License-Identifier: Apache-2.0
Object.entries("e".repeat(1e8)).length;
