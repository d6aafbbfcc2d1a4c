// SPDX-License-Identifier: Apache-2.0
// The console's rarer methods. Counters, timers and the indentation are in the invocation's state.
import { format } from "./format.js";
import { inspect } from "./inspect_value.js";

const { deleteProperty, Error } = core.primordials;
const { now } = native;
const [DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3];

const labelOf = ({ 0: label = "default" }) => `${label}`;
const table = (state, name) => (state[name] ??= { __proto__: null });

function elapsed(state, values, end) {
  const label = labelOf(values);
  const timers = table(state, "consoleTimers");
  if (!(label in timers)) return { level: WARN, text: `Timer '${label}' does not exist` };
  const text = `${label}: ${(now() - timers[label]).toFixed(3)}ms`;
  if (end) deleteProperty(timers, label);
  const rest = values.slice(1);
  return { level: INFO, text: rest.length > 0 ? `${text} ${format(rest)}` : text };
}

// Rows of an object or array of objects, as text in columns.
function tableText(data) {
  if (typeof data !== "object" || data === null) return format([data]);
  const rows = Object.keys(data).slice(0, 100);
  const columns = [];
  const cells = rows.map((row) => {
    const value = Object.getOwnPropertyDescriptor(data, row)?.value;
    const cell = { __proto__: null };
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : undefined;
    for (const key of keys?.slice(0, 20) ?? ["Values"]) {
      if (!columns.includes(key) && columns.length < 20) columns.push(key);
      const shown = keys === undefined ? value : Object.getOwnPropertyDescriptor(value, key)?.value;
      cell[key] = inspect(shown, 0).replace(/\n\s*/g, " ");
    }
    return cell;
  });
  const lines = [["(index)", ...columns]];
  rows.forEach((row, i) => lines.push([row, ...columns.map((column) => cells[i][column] ?? "")]));
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i]))
        .join(" | ")
        .trimEnd(),
    )
    .join("\n");
}

export const methods = {
  __proto__: null,
  assert(state, values) {
    const rest = values.slice(1);
    if (rest.length === 0) return { level: ERROR, text: "Assertion failed" };
    if (typeof rest[0] === "string") rest[0] = `Assertion failed: ${rest[0]}`;
    else rest.unshift("Assertion failed:");
    return { level: ERROR, text: format(rest) };
  },
  count(state, values) {
    const label = labelOf(values);
    const counts = table(state, "consoleCounts");
    counts[label] = (counts[label] ?? 0) + 1;
    return { level: INFO, text: `${label}: ${counts[label]}` };
  },
  countReset(state, values) {
    const label = labelOf(values);
    const counts = table(state, "consoleCounts");
    if (!(label in counts)) return { level: WARN, text: `Count for '${label}' does not exist` };
    counts[label] = 0;
    return { level: INFO, text: undefined };
  },
  dir(state, values) {
    const depth = values[1]?.depth;
    return { level: INFO, text: inspect(values[0], depth === null ? 8 : Math.min(depth ?? 2, 8)) };
  },
  group(state, values) {
    const text = values.length > 0 ? format(values) : undefined;
    // The heading itself is not indented by its own group.
    if (text !== undefined) native.log(INFO, (state.indent ?? "") + text);
    if ((state.indent ?? "").length < 40) state.indent = `${state.indent ?? ""}  `;
    return { level: INFO, text: undefined };
  },
  groupEnd(state) {
    state.indent = (state.indent ?? "").slice(2);
    return { level: INFO, text: undefined };
  },
  table(state, values) {
    return { level: INFO, text: tableText(values[0]) };
  },
  time(state, values) {
    const label = labelOf(values);
    const timers = table(state, "consoleTimers");
    if (label in timers) return { level: WARN, text: `Timer '${label}' already exists` };
    timers[label] = now();
    return { level: INFO, text: undefined };
  },
  timeLog: (state, values) => elapsed(state, values, false),
  timeEnd: (state, values) => elapsed(state, values, true),
  trace(state, values) {
    const { stack } = new Error();
    // The first frames are the console's own.
    const frames = `${stack}`
      .split("\n")
      .slice(1)
      .filter((line) => !line.includes("sublet:"));
    const title = values.length > 0 ? `Trace: ${format(values)}` : "Trace";
    return { level: DEBUG, text: [title, ...frames].join("\n") };
  },
};
