// SPDX-License-Identifier: Apache-2.0
import { bytesOf, isArrayBuffer, typedArrayName } from "./bytes.js";

const {
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isArray,
  join,
  ownKeys,
  slice,
  stringify,
  String,
  uncurryThis,
} = core.primordials;

const mostText = 16384; // of one value; the engine cuts lines by the host's limit besides
const mostString = 4096; // of one string inside of a value
const mostEntries = 100;
const lineWidth = 76;

const identifier = /^[A-Za-z_$][\w$]*$/;
const getter = (object, name) => uncurryThis(getOwnPropertyDescriptor(object, name).get);
const test = uncurryThis(RegExp.prototype.test);
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const mapForEach = uncurryThis(Map.prototype.forEach);
const setForEach = uncurryThis(Set.prototype.forEach);
const dateToIso = uncurryThis(Date.prototype.toISOString);
const dateTime = uncurryThis(Date.prototype.getTime);
const regExpSource = getter(RegExp.prototype, "source");
const regExpFlags = getter(RegExp.prototype, "flags");
const functionToString = uncurryThis(Function.prototype.toString);
const symbolToString = uncurryThis(Symbol.prototype.toString);
const inherits = uncurryThis(Object.prototype.isPrototypeOf);
const ObjectPrototype = Object.prototype;
const ErrorPrototype = Error.prototype;

// The built-in kinds by their prototypes: what stands before the braces, and the entries if they
// are not the properties. `head` throws, or answers undefined, for what only looks like the kind.
const kinds = [
  [Map, (object) => `Map(${mapSize(object)}) `, "mapEntries"],
  [Set, (object) => `Set(${setSize(object)}) `, "setEntries"],
  [Date, (object) => (dateTime(object), attempt(dateToIso, object) ?? "Invalid Date")],
  [
    ArrayBuffer,
    (object) => (isArrayBuffer(object) ? `ArrayBuffer(${bytesOf(object).length})` : undefined),
  ],
  [RegExp, (object) => `/${regExpSource(object)}/${regExpFlags(object)}`],
  [WeakMap, () => "WeakMap { <items unknown> }"],
  [WeakSet, () => "WeakSet { <items unknown> }"],
  [WeakRef, () => "WeakRef { <target unknown> }"],
  ...[Number, String, Boolean, Symbol, BigInt].map((constructor) => {
    const valueOf = uncurryThis(constructor.prototype.valueOf);
    return [
      constructor,
      (object) => {
        const value = valueOf(object);
        const text = typeof value === "string" ? quote(value) : inspectPlain(value);
        return `[${constructor.name}: ${text}]`;
      },
      "nothing",
    ];
  }),
].map(([constructor, head, entries]) => ({
  __proto__: null,
  prototype: constructor.prototype,
  head,
  entries: entries ?? "properties",
}));

// Whether a method that checks its receiver accepts the value; its answer, or undefined.
function attempt(method, value) {
  try {
    return method(value);
  } catch {
    return undefined;
  }
}

function quote(text) {
  const more = text.length - mostString;
  if (more > 0) text = slice(text, 0, mostString);
  return stringify(text) + (more > 0 ? `... ${more} more characters` : "");
}

export function inspectPlain(value) {
  switch (typeof value) {
    case "bigint":
      return `${value}n`;
    case "symbol":
      return symbolToString(value);
    case "number":
      return Object.is(value, -0) ? "-0" : `${value}`;
    default:
      return String(value);
  }
}

function dataProperty(object, key) {
  for (let depth = 0; object !== null && object !== undefined && depth < 32; depth++) {
    const descriptor = getOwnPropertyDescriptor(object, key);
    if (descriptor !== undefined) return descriptor.value;
    object = getPrototypeOf(object);
  }
}

// The name of the class that the object is made by.
function className(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === null) return null;
  const constructor = dataProperty(prototype, "constructor");
  const name = typeof constructor === "function" ? dataProperty(constructor, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : "Object";
}

class Inspection {
  constructor(depth) {
    this.depth = depth;
    this.room = mostText;
    this.parents = [];
  }

  // Answers the text; what exceeds the room is left out.
  value(value, indent) {
    if (typeof value === "string") return this.take(quote(value));
    if ((typeof value !== "object" || value === null) && typeof value !== "function") {
      return this.take(inspectPlain(value));
    }
    if (this.room <= 0) return "...";
    for (let i = 0; i < this.parents.length; i++) {
      if (this.parents[i] === value) return this.take("[Circular]");
    }
    try {
      return this.object(value, indent);
    } catch (error) {
      return this.take("[Object that cannot be shown]");
    }
  }
  take(text) {
    if (text.length > this.room) text = `${slice(text, 0, this.room > 0 ? this.room : 0)}...`;
    this.room -= text.length;
    return text;
  }
  object(object, indent) {
    const { head, entries } = this.describe(object);
    const array = isArray(object) || typedArrayName(object) !== undefined;
    const empty = array ? "[]" : "{}";
    if (this.parents.length > this.depth) {
      return this.take(
        head === "" || head.endsWith(" ")
          ? `[${head.trim() || (array ? "Array" : "Object")}]`
          : head,
      );
    }
    const list = entries();
    if (list.length === 0)
      return this.take(head === "" || head.endsWith(" ") ? head + empty : head);
    this.parents[this.parents.length] = object;
    const parts = [];
    let width = 0;
    for (let i = 0; i < list.length && this.room > 0; i++) {
      const part = list[i](`${indent}  `);
      parts[i] = part;
      width += part.length + 2;
    }
    if (parts.length < list.length) parts[parts.length] = "...";
    this.parents.length--;
    const lead = head === "" || head.endsWith(" ") ? head : `${head} `;
    if (width + indent.length + lead.length <= lineWidth && !join(parts, "").includes("\n")) {
      return lead + empty[0] + (array ? join(parts, ", ") : ` ${join(parts, ", ")} `) + empty[1];
    }
    return `${lead}${empty[0]}\n${indent}  ${join(parts, `,\n${indent}  `)}\n${indent}${empty[1]}`;
  }

  // What stands before the braces, and how to list what stands in them.
  describe(object) {
    const properties = (skip) => () => this.properties(object, skip);
    if (typeof object === "function")
      return { head: this.functionHead(object), entries: properties() };
    if (isArray(object)) {
      const name = className(object);
      const head = name === "Array" ? "" : `${name}(${object.length}) `;
      return { head, entries: () => this.elements(object, object.length) };
    }
    const typed = typedArrayName(object);
    if (typed !== undefined) {
      const { length } = object;
      return { head: `${typed}(${length}) `, entries: () => this.elements(object, length) };
    }
    const stack = this.errorHead(object);
    if (stack !== undefined) {
      return { head: stack, entries: properties({ __proto__: null, stack: 1, message: 1 }) };
    }
    return this.describeBuiltin(object) ?? { head: this.plainHead(object), entries: properties() };
  }
  describeBuiltin(object) {
    const prototype = getPrototypeOf(object);
    if (prototype === null || prototype === ObjectPrototype) return undefined;
    for (let i = 0; i < kinds.length; i++) {
      if (!inherits(kinds[i].prototype, object)) continue;
      const head = attempt(kinds[i].head, object);
      if (head !== undefined) return { head, entries: () => this[kinds[i].entries](object) };
    }
  }
  nothing() {
    return [];
  }
  plainHead(object) {
    const name = className(object);
    const tag = dataProperty(object, Symbol.toStringTag);
    const suffix = typeof tag === "string" && tag !== "" && tag !== name ? ` [${tag}]` : "";
    if (name === null) return `[Object: null prototype]${suffix} `;
    return name === "Object" && suffix === "" ? "" : `${name}${suffix} `;
  }
  functionHead(object) {
    const isClass = functionToString(object).startsWith("class");
    const name = dataProperty(object, "name");
    const shown = typeof name === "string" && name !== "" ? name : "(anonymous)";
    return isClass
      ? `[class ${shown}]`
      : shown === "(anonymous)"
        ? "[Function (anonymous)]"
        : `[Function: ${shown}]`;
  }
  // The stack of an error; its name and message where it has none.
  errorHead(object) {
    if (!inherits(ErrorPrototype, object)) return undefined;
    const stack = getOwnPropertyDescriptor(object, "stack");
    let text = stack?.value;
    if (text === undefined && stack?.get !== undefined) text = attempt(stack.get.bind(object));
    if (typeof text === "string" && text !== "") return text;
    const name = dataProperty(object, "name");
    const message = dataProperty(object, "message");
    const shownName = typeof name === "string" ? name : "Error";
    return `[${shownName}: ${typeof message === "string" ? message : ""}]`;
  }

  elements(object, length) {
    const list = [];
    const shown = length < mostEntries ? length : mostEntries;
    for (let i = 0; i < shown; i++) {
      list[i] = (indent) => {
        const descriptor = getOwnPropertyDescriptor(object, i);
        return descriptor === undefined ? "<empty>" : this.property(descriptor, indent);
      };
    }
    if (length > shown) list[shown] = () => `... ${length - shown} more items`;
    return list;
  }
  mapEntries(object) {
    const list = [];
    let left = 0;
    mapForEach(object, (value, key) => {
      if (list.length >= mostEntries) return void left++;
      list[list.length] = (indent) => `${this.value(key, indent)} => ${this.value(value, indent)}`;
    });
    if (left > 0) list[list.length] = () => `... ${left} more items`;
    return list;
  }
  setEntries(object) {
    const list = [];
    let left = 0;
    setForEach(object, (value) => {
      if (list.length >= mostEntries) return void left++;
      list[list.length] = (indent) => this.value(value, indent);
    });
    if (left > 0) list[list.length] = () => `... ${left} more items`;
    return list;
  }
  properties(object, skip = undefined) {
    const keys = ownKeys(object);
    const list = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (list.length === mostEntries) {
        list[list.length] = () => `... ${keys.length - i} more properties`;
        break;
      }
      const descriptor = getOwnPropertyDescriptor(object, key);
      const named = typeof key === "string" && key in (skip ?? { __proto__: null });
      // The cause of an error is worth its line, though it is not enumerable.
      const cause = skip !== undefined && (key === "cause" || key === "errors");
      if (descriptor === undefined || named || (!descriptor.enumerable && !cause)) continue;
      list[list.length] = (indent) => {
        const shown =
          typeof key === "symbol"
            ? `[${symbolToString(key)}]`
            : test(identifier, key)
              ? key
              : quote(key);
        return `${this.take(shown)}: ${this.property(descriptor, indent)}`;
      };
    }
    return list;
  }
  property(descriptor, indent) {
    if ("value" in descriptor) return this.value(descriptor.value, indent);
    const { get, set } = descriptor;
    return get === undefined ? "[Setter]" : set === undefined ? "[Getter]" : "[Getter/Setter]";
  }
}

export function inspect(value, depth = 2) {
  return new Inspection(depth).value(value, "");
}
