// SPDX-License-Identifier: Apache-2.0
// setTimeout and its kin, and queueMicrotask. The engine keeps the callbacks and drops them with
// their invocation; an error thrown by one is logged, as nobody can catch it.
import { report } from "./console.js";
import { apply, deleteProperty, min, trunc, TypeError } from "./primordials.js";
import { invocationState } from "./state.js";

const { setTimer, clearTimer } = native;
const longestDelay = 2 ** 31 - 1;

function checkCallback(callback) {
  if (typeof callback !== "function") throw new TypeError("The callback is not a function");
}

function milliseconds(delay, least) {
  delay = trunc(+delay);
  return delay > least ? min(delay, longestDelay) : least;
}

function run(callback, values) {
  try {
    apply(callback, undefined, values);
  } catch (error) {
    report(error);
  }
}

function clear(id) {
  if (typeof id !== "number" && typeof id !== "string") return;
  id = +id;
  const { intervals } = invocationState();
  const token = intervals?.[id];
  if (token !== undefined) deleteProperty(intervals, id);
  clearTimer(token ?? id);
}

async function runMicrotask(callback) {
  await undefined;
  run(callback, []);
}

export const timers = {
  setTimeout(callback, delay = 0, ...values) {
    checkCallback(callback);
    return setTimer(() => run(callback, values), milliseconds(delay, 0));
  },
  clearTimeout(id = undefined) {
    clear(id);
  },
  setInterval(callback, delay = 0, ...values) {
    checkCallback(callback);
    delay = milliseconds(delay, 1);
    const intervals = (invocationState().intervals ??= { __proto__: null });
    // The interval keeps the number of its first timer.
    const id = setTimer(tick, delay);
    function tick() {
      intervals[id] = setTimer(tick, delay);
      run(callback, values);
    }
    intervals[id] = id;
    return id;
  },
  clearInterval(id = undefined) {
    clear(id);
  },
  queueMicrotask(callback) {
    checkCallback(callback);
    runMicrotask(callback);
  },
};
