// SPDX-License-Identifier: Apache-2.0
// What ICU does for a tenant, it does in one go: comparing texts takes as long as a normalization of
// both, and a list is put together in memory that is not the heap's.
import {
  getOwnPropertyDescriptor,
  invoke,
  isArray,
  RangeError,
  uncurryThis,
} from "../primordials.js";
import { arrayProxies, guard, guardGetter, limits, loops, pass } from "./guard.js";

const { listed, unbroken } = limits;
const { prototype: weakMap } = WeakMap;
const get = uncurryThis(weakMap.get);
const set = uncurryThis(weakMap.set);

// A collator has one function for all its life; so has its guard.
function guardCollator({ prototype }) {
  const compareOf = uncurryThis(getOwnPropertyDescriptor(prototype, "compare").get);
  const guarded = new WeakMap();
  guardGetter(prototype, "compare", {
    get compare() {
      const compare = compareOf(this);
      const known = get(guarded, compare);
      if (known !== undefined) return known;
      const made = pass(compare, (x, y) =>
        typeof x === "string" && typeof y === "string" && x.length + y.length <= unbroken
          ? compare(x, y)
          : loops().collate(compare, x, y));
      set(guarded, compare, made);
      return made;
    },
  });
}

function checkedList(list) {
  if (!arrayProxies && isArray(list) && list.length > listed) {
    throw new RangeError(`Intl.ListFormat: the list has more than ${listed} elements`);
  }
  return list;
}

function guardListFormat({ prototype }) {
  const { format, formatToParts } = prototype;
  guard(prototype, {
    format(list) {
      return invoke(format, this, checkedList(list));
    },
    formatToParts(list) {
      return invoke(formatToParts, this, checkedList(list));
    },
  });
}

export function guardIntl() {
  const { Collator, ListFormat } = globalThis.Intl ?? {};
  if (Collator !== undefined) guardCollator(Collator);
  if (ListFormat !== undefined) guardListFormat(ListFormat);
}
