// SPDX-License-Identifier: Apache-2.0
// What a handler gets as its second argument: { log, limits, kv, host, request, events, ... }. One frozen
// object for all invocations of a context; what differs between them comes from the engine at each
// use.
import { checkArgument } from "./arguments.js";
import { makeLog } from "./console.js";
import { durable, retryError } from "./events.js";
import { makeKv } from "./kv.js";
import { load } from "./lazy.js";
import { proxy } from "./proxy.js";
import {
  defineProperty,
  deleteProperty,
  freeze,
  Proxy,
  rejectPromise,
  setPrototypeOf,
  stringify,
} from "./primordials.js";
import { invocationState } from "./state.js";

const { call, remaining } = native;

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
        const {
          0: cpuMs,
          1: wallMs,
          2: hostCalls,
          3: logLines,
          4: kvOperations,
          5: requests,
          6: events,
        } = remaining();
        return { cpuMs, wallMs, hostCalls, logLines, kvOperations, requests, events };
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

const traps = {
  __proto__: null,
  get(_, key) {
    if (typeof key === "symbol" || key in absent) return undefined;
    return node(this.path === "" ? key : `${this.path}.${key}`);
  },
  apply(_, self, values) {
    let text;
    try {
      for (let i = 0; i < values.length; i++) checkArgument(`host:${this.path}`, values[i]);
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

const members = {
  log: makeLog(),
  limits,
  kv: makeKv(""),
  host: new Proxy(freeze({ __proto__: null }), { __proto__: traps, path: "" }),
  ...proxy,
  ...durable,
};
defineProperty(members, "RetryError", retryError);
export const api = freeze(members);
