// EXPECT CONTAINED: split by a slow pattern
// SPDX-License-Identifier: Apache-2.0
("w".repeat(48) + "v").split(/(?:w+)+x/);
