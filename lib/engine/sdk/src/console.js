// SPDX-License-Identifier: Apache-2.0
// console, and `log` of the handler's API. Lines of plain values are put together here; objects,
// format strings and the rarer methods need the lazy module "inspect".
import { load } from "./lazy.js";
import { defineProperty, freeze, indexOf, is, replaceAll } from "./primordials.js";
import { invocationState } from "./state.js";

const nativeLog = native.log;
export const DEBUG = 0;
export const INFO = 1;
export const WARN = 2;
export const ERROR = 3;

// The text of one line, or undefined where it takes more than joining plain values.
function plainText(values) {
  let text = "";
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const type = typeof value;
    if (type === "object" ? value !== null : type === "function" || type === "symbol") return;
    if (i === 0 && type === "string" && values.length > 1 && indexOf(value, "%") >= 0) return;
    if (i > 0) text += " ";
    text += type === "bigint" ? `${value}n` : is(value, -0) ? "-0" : value;
  }
  return text;
}

// No line is as long; making bytes of it would take V8 seconds.
const kLongest = 1 << 24;

function emit(level, line) {
  const text = line.length > kLongest ? `(a line of ${line.length} characters)` : line;
  const { indent } = invocationState();
  nativeLog(level, indent ? indent + replaceAll(text, "\n", `\n${indent}`) : text);
}

function write(level, values) {
  emit(level, plainText(values) ?? load("inspect").format(values));
}

// An error that nobody can catch any more.
export function report(error) {
  emit(ERROR, `Uncaught ${load("inspect").inspect(error)}`);
}

function method(name) {
  return (values) => {
    const { level, text } = load("inspect").methods[name](invocationState(), values);
    if (text !== undefined) emit(level, text);
  };
}

const [assert, count, countReset, dir, group, groupEnd, table, time, timeEnd, timeLog, trace] = [
  "assert",
  "count",
  "countReset",
  "dir",
  "group",
  "groupEnd",
  "table",
  "time",
  "timeEnd",
  "timeLog",
  "trace",
].map(method);

export const console = {
  debug(...values) {
    write(DEBUG, values);
  },
  error(...values) {
    write(ERROR, values);
  },
  info(...values) {
    write(INFO, values);
  },
  log(...values) {
    write(INFO, values);
  },
  warn(...values) {
    write(WARN, values);
  },
  assert(...values) {
    if (!values[0]) assert(values);
  },
  count(...values) {
    count(values);
  },
  countReset(...values) {
    countReset(values);
  },
  dir(...values) {
    dir(values);
  },
  dirxml(...values) {
    write(INFO, values);
  },
  group(...values) {
    group(values);
  },
  groupCollapsed(...values) {
    group(values);
  },
  groupEnd(...values) {
    groupEnd(values);
  },
  table(...values) {
    table(values);
  },
  time(...values) {
    time(values);
  },
  timeEnd(...values) {
    timeEnd(values);
  },
  timeLog(...values) {
    timeLog(values);
  },
  trace(...values) {
    trace(values);
  },
};
defineProperty(console, Symbol.toStringTag, {
  __proto__: null,
  value: "console",
  configurable: true,
});

// `log("...")` is `log.info("...")`.
export function makeLog() {
  const { log } = {
    log(...values) {
      write(INFO, values);
    },
  };
  const { debug, info, warn, error } = {
    debug(...values) {
      write(DEBUG, values);
    },
    info(...values) {
      write(INFO, values);
    },
    warn(...values) {
      write(WARN, values);
    },
    error(...values) {
      write(ERROR, values);
    },
  };
  return freeze(
    Object.assign(log, {
      debug: freeze(debug),
      info: freeze(info),
      warn: freeze(warn),
      error: freeze(error),
    }),
  );
}
