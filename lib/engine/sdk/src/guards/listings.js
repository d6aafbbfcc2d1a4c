// SPDX-License-Identifier: Apache-2.0
// A text has as many properties as characters, and V8 lists them one by one; the locales of a list
// it compares with each other. Nobody asks that for long ones: these have a limit, and no loop.
import {
  apply,
  getOwnPropertyDescriptor,
  invoke,
  isArray,
  Object,
  ownKeys,
  Proxy,
  RangeError,
  uncurryThis,
} from "../primordials.js";
import { arrayProxies, guard, isProxy, isSmall, limits } from "./guard.js";

const { assign, entries, getOwnPropertyDescriptors, getOwnPropertyNames, keys, values } = Object;

// Objects made of a string have a length that cannot be changed, and characters that cannot.
function lengthOfText(value) {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || isProxy(value) || isArray(value)) return 0;
  const length = getOwnPropertyDescriptor(value, "length");
  if (length === undefined || length.configurable || length.writable || length.enumerable) return 0;
  return typeof length.value === "number" ? length.value : 0;
}

function refuse(name) {
  throw new RangeError(`${name}: the text has more than ${limits.text} characters`);
}

function checked(name, value) {
  if (lengthOfText(value) > limits.text) refuse(name);
  return value;
}

// Where each nanosecond counts, an object made of a text is let through.
function checkedText(name, value) {
  if (typeof value === "string" && value.length > limits.text) refuse(name);
  return value;
}

guard(Object, {
  assign(target, source) {
    if (arguments.length === 2) return assign(target, checkedText("Object.assign", source));
    for (let i = 1; i < arguments.length; i++) checkedText("Object.assign", arguments[i]);
    return apply(assign, undefined, arguments);
  },
  entries(value) {
    return entries(checkedText("Object.entries", value));
  },
  getOwnPropertyDescriptors(value) {
    return getOwnPropertyDescriptors(checked("Object.getOwnPropertyDescriptors", value));
  },
  getOwnPropertyNames(value) {
    return getOwnPropertyNames(checked("Object.getOwnPropertyNames", value));
  },
  keys(value) {
    return keys(checkedText("Object.keys", value));
  },
  values(value) {
    return values(checkedText("Object.values", value));
  },
});
guard(Reflect, {
  ownKeys(value) {
    return ownKeys(typeof value === "object" ? checked("Reflect.ownKeys", value) : value);
  },
});

const localeText = uncurryThis(globalThis.Intl?.Locale?.prototype.toString);

function isLocale(value) {
  try {
    return typeof value === "object" && localeText(value) !== "";
  } catch {
    return false;
  }
}

function checkedLocales(list) {
  if (list === null || list === undefined || typeof list === "string") return list;
  if (!arrayProxies && isArray(list) && list.length <= limits.locales) return list;
  if (isSmall(list, limits.locales) || isLocale(list)) return list;
  // The length of others is read here, and not again.
  const object = Object(list);
  const length = +object.length;
  if (length > limits.locales) {
    throw new RangeError(`a list of locales has at most ${limits.locales}`);
  }
  return new Proxy({ __proto__: null }, {
    __proto__: null,
    get: (_, key) => (key === "length" ? length : object[key]),
    has: (_, key) => key in object,
  });
}

function guardSupportedLocales(constructor) {
  const original = constructor.supportedLocalesOf;
  guard(constructor, {
    supportedLocalesOf(list, options = undefined) {
      return invoke(original, this, checkedLocales(list), options);
    },
  });
}

export function guardLocales() {
  const { Intl } = globalThis;
  if (Intl === undefined) return;
  const { getCanonicalLocales } = Intl;
  guard(Intl, {
    getCanonicalLocales(list) {
      return getCanonicalLocales(checkedLocales(list));
    },
  });
  for (const name of getOwnPropertyNames(Intl)) {
    if (typeof Intl[name]?.supportedLocalesOf === "function") guardSupportedLocales(Intl[name]);
  }
}
