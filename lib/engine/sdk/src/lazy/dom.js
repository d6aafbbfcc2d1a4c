// SPDX-License-Identifier: Apache-2.0
import { AbortController, AbortSignal, internals } from "./abort.js";
import { DOMException } from "./dom_exception.js";
import { CustomEvent, Event, EventTarget } from "./event_target.js";

sdkResult = {
  __proto__: null,
  AbortController,
  AbortSignal,
  CustomEvent,
  DOMException,
  Event,
  EventTarget,
  internals,
  get samples() {
    return [new Event("sample"), new EventTarget(), internals.createSignal()];
  },
};
