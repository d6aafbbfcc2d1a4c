// EXPECT CONTAINED: Array.from with a map function and no end in sight
// SPDX-License-Identifier: Apache-2.0
Array.from({ length: 2 ** 31 }, (_, i) => ({ i }));
