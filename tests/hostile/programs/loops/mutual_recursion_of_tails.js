// EXPECT EXCEPTION: calls in tail position
// SPDX-License-Identifier: Apache-2.0
const even = (n) => (n === 0 ? true : odd(n - 1));
const odd = (n) => (n === 0 ? false : even(n - 1));
even(1e9);
