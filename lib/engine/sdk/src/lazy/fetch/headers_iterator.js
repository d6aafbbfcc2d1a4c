// SPDX-License-Identifier: Apache-2.0
const { defineProperty, deleteProperty, getPrototypeOf, setPrototypeOf, Symbol } = core.primordials;
const { toStringTag } = Symbol;

class HeadersIterator {
  #list;
  #kind;
  #at = 0;

  constructor(list, kind) {
    this.#list = list;
    this.#kind = kind;
  }
  next() {
    const fields = this.#list.combined();
    if (this.#at >= fields.length) return { value: undefined, done: true };
    const { name, value } = fields[this.#at++];
    switch (this.#kind) {
      case "keys":
        return { value: name, done: false };
      case "values":
        return { value, done: false };
      default:
        return { value: [name, value], done: false };
    }
  }
}

// No global leads to the prototype of all iterators.
const generator = getPrototypeOf(function* () {}.prototype);
const { prototype } = HeadersIterator;
setPrototypeOf(prototype, getPrototypeOf(generator));
deleteProperty(prototype, "constructor");
defineProperty(prototype, "next", { __proto__: null, enumerable: true });
defineProperty(prototype, toStringTag, {
  __proto__: null,
  value: "Headers Iterator",
  configurable: true,
});

export function iterate(list, kind) {
  return new HeadersIterator(list, kind);
}
