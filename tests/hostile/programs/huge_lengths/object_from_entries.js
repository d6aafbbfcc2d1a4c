// EXPECT CONTAINED: Object.fromEntries of entries without end
// SPDX-License-Identifier: Apache-2.0
Object.fromEntries({ *[Symbol.iterator]() { for (let i = 0; ; i++) yield [i, i]; } });
