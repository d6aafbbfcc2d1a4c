// SPDX-License-Identifier: Apache-2.0
import { DOMException } from "./dom_exception.js";
import { Event, EventTarget, events } from "./event_target.js";
import { asPlatformClass } from "./platform_class.js";

const { apply, TypeError } = core.primordials;
const nativeSetTimer = native.setTimer;

const permit = {}; // whoever has it may construct an AbortSignal
let abortSignal;
let linkSources;
let isAborted; // also refuses what is not a signal
let reasonOf;
let follow; // makes a signal that aborts with another one

export const AbortSignal = class extends EventTarget {
  #aborted = false;
  #reason;
  #algorithms; // linked: what to run on abort
  #dependents; // linked: signals of any() that follow this one
  #sources; // linked: what a signal of any() follows; undefined for others
  #isDependent = false;
  #handler = null;
  #hasHandler = false;

  constructor(key = undefined) {
    if (key !== permit) throw new TypeError("Illegal constructor");
    super();
  }
  get aborted() {
    return this.#aborted;
  }
  get reason() {
    return this.#reason;
  }
  get onabort() {
    return this.#handler;
  }
  set onabort(handler) {
    this.#handler =
      typeof handler === "function" || (typeof handler === "object" && handler) ? handler : null;
    if (this.#handler === null || this.#hasHandler) return;
    this.#hasHandler = true;
    this.addEventListener("abort", (event) => {
      if (typeof this.#handler === "function") apply(this.#handler, this, [event]);
    });
  }
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason = undefined) {
    const signal = new AbortSignal(permit);
    signal.#aborted = true;
    signal.#reason = reason === undefined ? abortError() : reason;
    return signal;
  }
  static timeout(milliseconds) {
    milliseconds = Math.trunc(+milliseconds);
    if (!(milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError("The timeout must be a number of milliseconds from 0 on");
    }
    const signal = new AbortSignal(permit);
    nativeSetTimer(
      () => {
        signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      },
      Math.min(milliseconds, 2 ** 31 - 1),
    );
    return signal;
  }
  static any(signals) {
    const all = [...signals];
    for (let i = 0; i < all.length; i++) isAborted(all[i]); // refuses what is not a signal
    for (let i = 0; i < all.length; i++) if (all[i].#aborted) return follow(all[i]);
    const result = new AbortSignal(permit);
    result.#isDependent = true;
    for (let i = 0; i < all.length; i++) linkSources(result, all[i]);
    return result;
  }

  #abort(reason) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason === undefined ? abortError() : reason;
    let followers;
    for (let link = this.#dependents; link !== undefined; link = link.next) {
      if (link.signal.#aborted) continue;
      link.signal.#aborted = true;
      link.signal.#reason = this.#reason;
      followers = { __proto__: null, signal: link.signal, next: followers };
    }
    this.#fire();
    for (; followers !== undefined; followers = followers.next) followers.signal.#fire();
  }
  #fire() {
    let algorithm = this.#algorithms;
    this.#algorithms = this.#dependents = undefined;
    for (; algorithm !== undefined; algorithm = algorithm.next) algorithm.run?.();
    events.dispatch(this, new Event("abort"));
  }
  static {
    abortSignal = (signal, reason) => signal.#abort(reason);
    linkSources = (result, signal) => {
      if (!signal.#isDependent) {
        signal.#dependents = { __proto__: null, signal: result, next: signal.#dependents };
        result.#sources = { __proto__: null, signal, next: result.#sources };
        return;
      }
      for (let link = signal.#sources; link !== undefined; link = link.next) {
        linkSources(result, link.signal);
      }
    };
    // Answers a node whose `run` may be taken away when there is nothing left to do; the next call
    // passes over those that are first, so that a signal of many requests does not collect them.
    events.onAbort = (signal, run) => {
      let next = signal.#algorithms;
      while (next !== undefined && next.run === undefined) next = next.next;
      return (signal.#algorithms = { __proto__: null, run, next });
    };
    reasonOf = (signal) => signal.#reason;
    follow = (signal) => {
      const result = new AbortSignal(permit);
      result.#isDependent = true;
      result.#aborted = signal.#aborted;
      result.#reason = signal.#reason;
      if (!signal.#aborted) linkSources(result, signal);
      return result;
    };
    events.isAborted = isAborted = (signal) => {
      if (typeof signal !== "object" || signal === null || !(#aborted in signal)) {
        throw new TypeError("The signal is not an AbortSignal");
      }
      return signal.#aborted;
    };
  }
};
asPlatformClass("AbortSignal", AbortSignal);

function abortError() {
  return new DOMException("This operation was aborted", "AbortError");
}

export const AbortController = asPlatformClass(
  "AbortController",
  class {
    #signal = new AbortSignal(permit);
    get signal() {
      return this.#signal;
    }
    abort(reason = undefined) {
      abortSignal(this.#signal, reason);
    }
  },
);

export const internals = {
  __proto__: null,
  createSignal: () => new AbortSignal(permit),
  follow,
  isAborted,
  onAbort: events.onAbort,
  reasonOf,
  warn(signal) {
    abortSignal(
      signal,
      new DOMException("The soft limit of CPU time is reached", "CpuTimeWarning"),
    );
  },
};
