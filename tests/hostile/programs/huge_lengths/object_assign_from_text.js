// EXPECT CONTAINED: Object.assign copies each character of a long text
// SPDX-License-Identifier: Apache-2.0
Object.assign({}, "x".repeat(2 ** 27));
