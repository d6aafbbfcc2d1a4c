// SPDX-License-Identifier: Apache-2.0
// The methods of strings. A search may compare each character of one text with each of another.
import { max, min, Object, String, trunc, uncurryThis } from "../primordials.js";
import { guard, limits, loops } from "./guard.js";

const { compared, text, unbroken } = limits;
const prototype = String.prototype;

export const uncurried = { __proto__: null };
for (const name of Object.getOwnPropertyNames(prototype)) {
  // Each is an object of the startup snapshot: those that nobody here needs are left out.
  if (/^(ends|starts|incl|index|last|locale|norm|pad|rep|split|subs|charC|to|trim)/.test(name)) {
    uncurried[name] = uncurryThis(prototype[name]);
  }
}
const {
  endsWith: $endsWith,
  includes: $includes,
  indexOf: $indexOf,
  lastIndexOf: $lastIndexOf,
  localeCompare: $localeCompare,
  normalize: $normalize,
  padEnd: $padEnd,
  padStart: $padStart,
  repeat: $repeat,
  replace: $replace,
  replaceAll: $replaceAll,
  split: $split,
  startsWith: $startsWith,
  toLocaleLowerCase: $toLocaleLowerCase,
  toLocaleUpperCase: $toLocaleUpperCase,
  toLowerCase: $toLowerCase,
  toUpperCase: $toUpperCase,
  trim: $trim,
  trimEnd: $trimEnd,
  trimStart: $trimStart,
} = uncurried;

// Whether the text of something that is no string is short, and made without tenant code.
function hasShortText(value) {
  return typeof value === "number" || typeof value === "boolean" || value === undefined;
}

guard(prototype, {
  includes(wanted, from = undefined) {
    return typeof this === "string" &&
      (typeof wanted === "string" ? this.length * wanted.length <= compared : hasShortText(wanted))
      ? $includes(this, wanted, from)
      : loops().textIncludes(this, wanted, from);
  },
  indexOf(wanted, from = undefined) {
    return typeof this === "string" &&
      (typeof wanted === "string" ? this.length * wanted.length <= compared : hasShortText(wanted))
      ? $indexOf(this, wanted, from)
      : loops().textIndexOf(this, wanted, from);
  },
  lastIndexOf(wanted, from = undefined) {
    return typeof this === "string" &&
      (typeof wanted === "string" ? this.length * wanted.length <= compared : hasShortText(wanted))
      ? $lastIndexOf(this, wanted, from)
      : loops().textLastIndexOf(this, wanted, from);
  },
  // A pattern that is an object, as a RegExp, has a method that does the work.
  replace(pattern, replacement) {
    return typeof pattern !== "string" ||
      (typeof this === "string" && this.length * pattern.length <= compared)
      ? $replace(this, pattern, replacement)
      : loops().replace(this, pattern, replacement);
  },
  replaceAll(pattern, replacement) {
    return typeof pattern !== "string" ||
      (typeof this === "string" && this.length <= text && this.length * pattern.length <= compared)
      ? $replaceAll(this, pattern, replacement)
      : loops().replaceAll(this, pattern, replacement);
  },
  split(separator, limit) {
    return typeof separator !== "string" ||
      (typeof this === "string" && this.length <= text && this.length * separator.length <= compared)
      ? $split(this, separator, limit)
      : loops().split(this, separator, limit);
  },
  normalize(form = undefined) {
    return typeof this === "string" && this.length <= unbroken
      ? $normalize(this, form)
      : loops().normalize(this, form);
  },
  localeCompare(that, locales = undefined, options) {
    return typeof this === "string" && typeof that === "string" &&
      this.length + that.length <= unbroken
      ? $localeCompare(this, that, locales, options)
      : loops().localeCompare(this, that, locales, options);
  },
  toLocaleLowerCase(locales = undefined) {
    return typeof this === "string" && this.length <= text
      ? $toLocaleLowerCase(this, locales)
      : loops().toLocaleLowerCase(this, locales);
  },
  toLocaleUpperCase(locales = undefined) {
    return typeof this === "string" && this.length <= text
      ? $toLocaleUpperCase(this, locales)
      : loops().toLocaleUpperCase(this, locales);
  },
  toLowerCase() {
    return typeof this === "string" && this.length <= text
      ? $toLowerCase(this)
      : loops().toLowerCase(this);
  },
  toUpperCase() {
    return typeof this === "string" && this.length <= text
      ? $toUpperCase(this)
      : loops().toUpperCase(this);
  },
  // These take long only in a loop: here V8 can stop.
  endsWith(wanted, end = undefined) {
    return $endsWith(this, wanted, end);
  },
  startsWith(wanted, from = undefined) {
    return $startsWith(this, wanted, from);
  },
  padEnd(length, filler) {
    return typeof this === "string" && typeof length === "number" && length <= text
      ? $padEnd(this, length, filler)
      : loops().padEnd(this, length, filler);
  },
  padStart(length, filler) {
    return typeof this === "string" && typeof length === "number" && length <= text
      ? $padStart(this, length, filler)
      : loops().padStart(this, length, filler);
  },
  repeat(count) {
    return typeof this === "string" && typeof count === "number" && this.length * count <= text
      ? $repeat(this, count)
      : loops().repeat(this, count);
  },
  trim() {
    return $trim(this);
  },
  trimEnd() {
    return $trimEnd(this);
  },
  trimStart() {
    return $trimStart(this);
  },
});

const stringRaw = String.raw;
guard(String, {
  raw(template, ...values) {
    if (template === null || template === undefined) return stringRaw(template);
    const { raw } = template;
    if (raw === null || raw === undefined) return stringRaw({ __proto__: null, raw });
    const pieces = Object(raw);
    const length = min(max(trunc(+pieces.length) || 0, 0), Number.MAX_SAFE_INTEGER);
    let made = "";
    for (let i = 0; i < length; i++) {
      made += `${pieces[i]}`;
      if (i + 1 < length && i < values.length) made += `${values[i]}`;
    }
    return made;
  },
});
