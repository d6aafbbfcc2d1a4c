// EXPECT CONTAINED: thirty million numbers as text
// SPDX-License-Identifier: Apache-2.0
new Uint8Array(30 << 20).join("-----").length;
