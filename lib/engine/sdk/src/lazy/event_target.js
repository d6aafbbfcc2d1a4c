// SPDX-License-Identifier: Apache-2.0
// Event, CustomEvent and EventTarget without a tree: every event is at its target. Listeners are
// linked nodes, not arrays, so that changed array prototypes see none of them.
import { DOMException } from "./dom_exception.js";
import { asPlatformClass, defineConstants } from "./platform_class.js";

const { apply, define, defineProperty, TypeError } = core.primordials;

let stateOf;
const isTrusted = Object.getOwnPropertyDescriptor(
  {
    get isTrusted() {
      return stateOf(this).trusted;
    },
  },
  "isTrusted",
).get;

export const Event = class {
  #state;
  static {
    stateOf = (event) => event.#state;
  }

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new TypeError("Event needs a type");
    if (
      options !== undefined &&
      options !== null &&
      typeof options !== "object" &&
      typeof options !== "function"
    ) {
      throw new TypeError("The options of an Event must be an object");
    }
    const { bubbles = false, cancelable = false, composed = false } = options ?? {};
    this.#state = {
      __proto__: null,
      type: `${type}`,
      bubbles: !!bubbles,
      cancelable: !!cancelable,
      composed: !!composed,
      target: null,
      phase: 0,
      canceled: false,
      passive: false,
      stopped: false,
      stoppedNow: false,
      dispatching: false,
      trusted: false,
      time: native.now(),
    };
    defineProperty(this, "isTrusted", {
      __proto__: null,
      get: isTrusted,
      enumerable: true,
      configurable: false,
    });
  }
  get type() {
    return this.#state.type;
  }
  get target() {
    return this.#state.target;
  }
  get srcElement() {
    return this.#state.target;
  }
  get currentTarget() {
    return this.#state.dispatching ? this.#state.target : null;
  }
  get eventPhase() {
    return this.#state.phase;
  }
  get bubbles() {
    return this.#state.bubbles;
  }
  get cancelable() {
    return this.#state.cancelable;
  }
  get composed() {
    return this.#state.composed;
  }
  get defaultPrevented() {
    return this.#state.canceled;
  }
  get timeStamp() {
    return this.#state.time;
  }
  get returnValue() {
    return !this.#state.canceled;
  }
  set returnValue(value) {
    if (!value) this.preventDefault();
  }
  get cancelBubble() {
    return this.#state.stopped;
  }
  set cancelBubble(value) {
    if (value) this.#state.stopped = true;
  }
  composedPath() {
    return this.#state.dispatching ? [this.#state.target] : [];
  }
  stopPropagation() {
    this.#state.stopped = true;
  }
  stopImmediatePropagation() {
    this.#state.stopped = this.#state.stoppedNow = true;
  }
  preventDefault() {
    const state = this.#state;
    if (state.cancelable && !state.passive) state.canceled = true;
  }
};
asPlatformClass("Event", Event);
defineConstants(Event, {
  __proto__: null,
  NONE: 0,
  CAPTURING_PHASE: 1,
  AT_TARGET: 2,
  BUBBLING_PHASE: 3,
});

export const CustomEvent = asPlatformClass(
  "CustomEvent",
  class extends Event {
    #detail;
    constructor(type, options = undefined) {
      super(type, options);
      this.#detail = options?.detail ?? null;
    }
    get detail() {
      return this.#detail;
    }
  },
);

export const events = { __proto__: null, dispatch: undefined, onAbort: undefined };

function readOptions(options) {
  if (options !== null && (typeof options === "object" || typeof options === "function")) {
    const { capture, once, passive, signal } = options;
    return { __proto__: null, capture: !!capture, once: !!once, passive: !!passive, signal };
  }
  return { __proto__: null, capture: !!options, once: false, passive: false, signal: undefined };
}

export const EventTarget = class {
  #first;
  #last;

  #find(type, callback, capture) {
    for (let node = this.#first; node !== undefined; node = node.next) {
      if (node.type === type && node.callback === callback && node.capture === capture) return node;
    }
  }
  #remove(listener) {
    listener.removed = true;
    let before;
    for (let node = this.#first; node !== undefined; before = node, node = node.next) {
      if (node !== listener) continue;
      if (before === undefined) this.#first = node.next;
      else before.next = node.next;
      if (this.#last === node) this.#last = before;
      return;
    }
  }
  #dispatch(event, trusted) {
    const state = stateOf(event);
    state.dispatching = true;
    state.trusted = trusted;
    state.target = this;
    state.phase = 2;
    // Listeners that are added meanwhile wait for the next event.
    const last = this.#last;
    for (let node = this.#first; node !== undefined && !state.stopped;) {
      const { next } = node;
      if (!node.removed && node.type === state.type) this.#call(node, event, state);
      if (node === last || state.stoppedNow) break;
      node = node.removed ? next : node.next;
    }
    state.dispatching = state.stopped = state.stoppedNow = false;
    state.phase = 0;
    return !state.canceled;
  }
  #call(node, event, state) {
    if (node.once) this.#remove(node);
    state.passive = node.passive;
    try {
      const { callback } = node;
      if (typeof callback === "function") apply(callback, this, [event]);
      else callback.handleEvent(event);
    } catch (error) {
      core.report(error);
    }
    state.passive = false;
  }
  static {
    events.dispatch = (target, event) => target.#dispatch(event, true);
  }

  addEventListener(type, callback, options = undefined) {
    if (arguments.length < 2) throw new TypeError("addEventListener needs a type and a listener");
    if (
      callback !== null &&
      callback !== undefined &&
      typeof callback !== "function" &&
      typeof callback !== "object"
    ) {
      throw new TypeError("The listener must be a function or an object");
    }
    type = `${type}`;
    const { capture, once, passive, signal } = readOptions(options);
    if (signal !== undefined && events.isAborted(signal)) return;
    if (callback == null || this.#find(type, callback, capture) !== undefined) return;
    const node = {
      __proto__: null,
      type,
      callback,
      capture,
      once,
      passive,
      removed: false,
      next: undefined,
    };
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
    if (signal !== undefined) events.onAbort(signal, () => this.#remove(node));
  }
  removeEventListener(type, callback, options = undefined) {
    if (arguments.length < 2)
      throw new TypeError("removeEventListener needs a type and a listener");
    const listener = this.#find(`${type}`, callback, readOptions(options).capture);
    if (listener !== undefined) this.#remove(listener);
  }
  dispatchEvent(event) {
    let state;
    try {
      state = stateOf(event);
    } catch {
      throw new TypeError("dispatchEvent needs an Event");
    }
    if (state.dispatching) {
      throw new DOMException("The event is already being dispatched", "InvalidStateError");
    }
    return this.#dispatch(event, false);
  }
};
asPlatformClass("EventTarget", EventTarget);
