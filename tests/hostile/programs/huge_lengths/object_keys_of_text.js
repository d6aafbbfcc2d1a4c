// EXPECT CONTAINED: the keys of a wrapped text of 200 MB
// SPDX-License-Identifier: Apache-2.0
Object.keys(Object("k".repeat(2e8))).length;
