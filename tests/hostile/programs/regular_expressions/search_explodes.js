// EXPECT CONTAINED: search by a slow pattern
// SPDX-License-Identifier: Apache-2.0
("f".repeat(48) + "g").search(/(?:f*)*h/);
