// SPDX-License-Identifier: Apache-2.0
// Realms for the tests: a context with the bundled SDK in it, over a native object that plays the
// engine. The global is an ordinary one, as the engine's is, so that it can be frozen.
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { types } from "node:util";
import vm from "node:vm";

const bundles = process.env.SUBLET_SDK;

export function source(name) {
  return readFileSync(join(bundles, `${name}.js`), "utf8");
}

// What the host answers to a request: as text, or as a frame where the body is bytes.
export function answer(members = {}) {
  return {
    status: 200, statusText: "OK", url: "https://a.test/", redirected: false, headers: [], text: "",
    ...members,
  };
}
export function frame(members, body) {
  const { text, ...head } = answer(members);
  const escape = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const bytes = Buffer.from(JSON.stringify(head).replace(/[^\0-\x7f]/g, escape), "latin1");
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return new Uint8Array(Buffer.concat([size, bytes, Buffer.from(body)]));
}

export class Realm {
  logs = [];
  calls = [];
  timers = new Map();
  loaded = [];
  state = Object.create(null);
  answer = () => undefined;
  limits = [1, 2, 3, 4, 5, 6, 7];
  retries = [];
  time = 0;

  constructor(options = {}) {
    this.context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
    this.native = this.#native(options);
    // As the engine does, whatever the tenant makes of Promise.prototype.then.
    const then = this.run("Promise.prototype.then");
    this.settled = (promise) =>
      new Promise((resolve, reject) => void Reflect.apply(then, promise, [resolve, reject]));
    ({ parse: this.parse, stringify: this.stringify } = this.run(
      "({ parse: JSON.parse, stringify: JSON.stringify })",
    ));
    this.hooks = this.run(source("core"), "sublet:core")(this.native);
    if (options.frozen) this.hooks.freeze();
  }

  run(text, filename = "extension.js") {
    return vm.runInContext(text, this.context, { filename });
  }
  // Calls the function that the text of an expression makes, as the engine calls a handler.
  // Answers what the engine's step() makes of the result, or a promise for it.
  start(handler, payload = undefined) {
    const data = payload === undefined ? null : this.parse(payload);
    const result = this.hooks.start(
      this.run(`(${handler})`), data, "onTest", "e1", 1, "acme", "test");
    return types.isPromise(result) ? result : this.finish(result);
  }
  // The JSON text of a result, as the engine makes it in C++: undefined for undefined, 1 for what is
  // not JSON, an object with the error where making the text throws.
  finish(value) {
    try {
      const text = this.stringify(value);
      return text === undefined && value !== undefined ? 1 : text;
    } catch (error) {
      return { invalid: error };
    }
  }
  // The value that the handler's JSON stands for.
  async value(handler, payload) {
    const result = this.start(handler, payload);
    const text = types.isPromise(result) ? this.finish(await this.settled(result)) : result;
    if (text === 1 || typeof text === "object") throw text.invalid ?? new Error("not JSON");
    return text === undefined ? undefined : JSON.parse(text);
  }
  // What a new invocation starts with.
  newInvocation() {
    this.state = Object.create(null);
    this.timers.clear();
  }
  // Fires the timers that are set, oldest first; answers their delays.
  fireTimers() {
    const due = [...this.timers];
    this.timers.clear();
    for (const [, { callback }] of due) callback();
    return due.map(([, { ms }]) => ms);
  }

  #native({ allowWasm = false, guardLimits, longestText = 2 ** 29 } = {}) {
    const decode = (fatal) => new TextDecoder("utf-8", { fatal, ignoreBOM: true });
    // The realm's own classes: what the engine makes belongs to the context.
    const RealmBytes = this.run("Uint8Array");
    const [makePromise, RealmTypeError, RealmRangeError, RealmError] = this.run(
      "((Promise) => [(run) => new Promise(run), TypeError, RangeError, Error])(Promise)",
    );
    let tokens = 0;
    // The engine makes bytes of the context's own class.
    const answerOf = (value) => (value instanceof Uint8Array ? new RealmBytes(value) : value);
    return {
      allowWasm,
      ...(guardLimits && { guardLimits }),
      isProxy: types.isProxy,
      call: (name, text, body) => {
        this.calls.push(body === undefined ? { name, text } : { name, text, body });
        return makePromise((resolve, reject) => {
          try {
            resolve(answerOf(this.answer(name, JSON.parse(text))));
          } catch (error) {
            const failed = new RealmError(error.message);
            if (error.code !== undefined) failed.code = error.code;
            reject(failed);
          }
        });
      },
      setTimer: (callback, ms) => {
        if (this.timers.size >= 64) throw new RealmRangeError("too many timers");
        this.timers.set(++tokens, { callback, ms });
        return tokens;
      },
      clearTimer: (token) => void this.timers.delete(token),
      log: (level, text) => {
        if (typeof level !== "number" || typeof text !== "string") throw new Error("bad log call");
        this.logs.push([level, text]);
      },
      remaining: () => this.limits,
      state: () => this.state,
      randomBytes: (bytes) => void randomFillSync(bytes),
      structuredClone: (value, transfer) => {
        this.transferred = transfer;
        try {
          return structuredClone(value);
        } catch (error) {
          throw error instanceof DOMException ? new RealmError(error.message) : error;
        }
      },
      encodeUtf8: (text) => new RealmBytes(new TextEncoder().encode(text)),
      decodeUtf8: (bytes, fatal) => {
        try {
          return decode(fatal).decode(bytes);
        } catch {
          throw new RealmTypeError("The encoded data was not valid for encoding utf-8");
        }
      },
      now: () => this.time,
      longestText: () => longestText,
      setRetryAfter: (error, milliseconds) => void this.retries.push({ error, milliseconds }),
      lazy: (name, core) => {
        this.loaded.push(name);
        return this.run(source(name), `sublet:${name}`)(this.native, core);
      },
    };
  }
}

export function closureTransform() {
  return vm.runInContext(source("closure"), vm.createContext(vm.constants.DONT_CONTEXTIFY))();
}
