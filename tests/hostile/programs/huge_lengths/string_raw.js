// EXPECT CONTAINED: String.raw believes the length it is told
// SPDX-License-Identifier: Apache-2.0
String.raw({ raw: { length: 2 ** 45 } }, 1, 2, 3);
