// EXPECT ANY: a text of a hundred megabytes as UTF-8
// SPDX-License-Identifier: Apache-2.0
new TextEncoder().encode("\u20ac".repeat(40e6)).length;
