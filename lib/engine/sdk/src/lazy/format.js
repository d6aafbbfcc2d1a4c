// SPDX-License-Identifier: Apache-2.0
import { inspect, inspectPlain } from "./inspect_value.js";

const { String, Number } = core.primordials;

function convert(directive, value) {
  const type = typeof value;
  switch (directive) {
    case "s":
      return type === "string"
        ? value
        : type === "object" || type === "function"
          ? inspect(value, 1)
          : inspectPlain(value);
    case "d":
    case "i":
    case "f": {
      if (type === "bigint") return `${value}n`;
      if (type === "symbol" || type === "object" || type === "function") return "NaN";
      const number = Number(value);
      return String(directive === "i" ? Math.trunc(number) : number);
    }
    case "c":
      return "";
    case "j":
      try {
        return core.primordials.stringify(value) ?? "undefined";
      } catch (error) {
        return "[not JSON]";
      }
    default:
      return inspect(value, directive === "o" ? 4 : 2);
  }
}

// One line of console.log(...values), with the directives %s %d %i %f %j %o %O %c %%.
export function format(values) {
  let text = "";
  let next = 0;
  if (typeof values[0] === "string" && values.length > 1) {
    const pattern = values[next++];
    let from = 0;
    for (let i = 0; i + 1 < pattern.length; i++) {
      if (pattern[i] !== "%") continue;
      const directive = pattern[i + 1];
      if (directive === "%") {
        text += pattern.slice(from, i) + "%";
      } else if ("sdifjoOc".includes(directive) && next < values.length) {
        text += pattern.slice(from, i) + convert(directive, values[next++]);
      } else {
        continue;
      }
      from = ++i + 1;
    }
    text += pattern.slice(from);
  }
  for (; next < values.length; next++) {
    const value = values[next];
    text += (next > 0 ? " " : "") + (typeof value === "string" ? value : inspect(value));
  }
  return text;
}
