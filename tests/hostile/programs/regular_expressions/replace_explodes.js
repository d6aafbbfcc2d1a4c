// EXPECT CONTAINED: replace with a callback and a slow pattern
// SPDX-License-Identifier: Apache-2.0
("p".repeat(48) + "q").replace(/(p+)+r/g, () => "");
