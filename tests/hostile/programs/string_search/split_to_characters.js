// EXPECT CONTAINED: a text of twelve megabytes becomes characters
// SPDX-License-Identifier: Apache-2.0
const parts = "xy".repeat(6e6).split("");
parts.map((p) => [p]);
