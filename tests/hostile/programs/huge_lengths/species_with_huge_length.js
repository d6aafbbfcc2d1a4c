// EXPECT CONTAINED: a species that answers with a proxy of any length
// SPDX-License-Identifier: Apache-2.0
class Wide extends Array {
  static get [Symbol.species]() {
    return function () { return new Proxy([], { set: () => true, defineProperty: () => true }); };
  }
}
Wide.from([1]).concat({ length: 2 ** 40, [Symbol.isConcatSpreadable]: true });
