// EXPECT CONTAINED: the species of split never answers
// SPDX-License-Identifier: Apache-2.0
class Slow extends RegExp {
  static get [Symbol.species]() { for (;;); }
}
"a,b".split(new Slow(","));
