// SPDX-License-Identifier: Apache-2.0
// What a handler gets as its second argument: { log, limits, host }. One frozen object for all
// invocations of a context; what differs between them comes from the engine at each use.
import { makeLog } from "./console.js";
import { load } from "./lazy.js";
import {
  deleteProperty,
  freeze,
  Proxy,
  RangeError,
  rejectPromise,
  setPrototypeOf,
  stringify,
  trunc,
} from "./primordials.js";
import { invocationState } from "./state.js";

const { call, longestText, remaining } = native;
const kLong = 1 << 20;

// Fires `limits.signal`, also for a handler that only asks for it later.
export function warn() {
  const state = invocationState();
  state.warned = true;
  if (state.signal !== undefined) load("dom").internals.warn(state.signal);
}

const limits = freeze({
  remaining: freeze(
    {
      remaining() {
        const { 0: cpuMs, 1: wallMs, 2: hostCalls, 3: logLines } = remaining();
        return { cpuMs, wallMs, hostCalls, logLines };
      },
    }.remaining,
  ),
  get signal() {
    const state = invocationState();
    if (state.signal === undefined) {
      const { createSignal, warn } = load("dom").internals;
      state.signal = createSignal();
      if (state.warned) warn(state.signal);
    }
    return state.signal;
  },
});
freeze(Reflect.getOwnPropertyDescriptor(limits, "signal").get);

// host.a.b(x) makes the host call "host:a.b". Names are not known here: the host's policy decides,
// and an unknown one rejects. What the language looks up by itself is absent, so that awaiting,
// printing or comparing `host.a` calls nothing.
const absent = { __proto__: null, then: 1, toJSON: 1, toString: 1, valueOf: 1 };
const refuse = () => false;

// The text of the arguments is a second one of this length, in the same heap.
function checkArgument(path, value) {
  if (typeof value !== "string" || value.length <= kLong) return;
  const most = trunc(longestText() / 2);
  if (value.length <= most) return;
  throw new RangeError(
    `the arguments of host:${path}: a text of ${value.length} characters, where half the heap ` +
      `holds ${most} (heap)`,
  );
}

const traps = {
  __proto__: null,
  get(_, key) {
    if (typeof key === "symbol" || key in absent) return undefined;
    return node(this.path === "" ? key : `${this.path}.${key}`);
  },
  apply(_, self, values) {
    let text;
    try {
      for (let i = 0; i < values.length; i++) checkArgument(this.path, values[i]);
      text = stringify(values);
    } catch (error) {
      return rejectPromise(error);
    }
    return call(`host:${this.path}`, text);
  },
  set: refuse,
  defineProperty: refuse,
  deleteProperty: refuse,
  setPrototypeOf: refuse,
  preventExtensions: refuse,
};
const target = () => {};
setPrototypeOf(target, null);
deleteProperty(target, "name");
deleteProperty(target, "length");

function node(path) {
  return new Proxy(target, { __proto__: traps, path });
}

export const api = freeze({
  log: makeLog(),
  limits,
  host: new Proxy(freeze({ __proto__: null }), { __proto__: traps, path: "" }),
});
