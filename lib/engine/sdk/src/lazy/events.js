// SPDX-License-Identifier: Apache-2.0
// The work of `events`, `schedule` and `webhooks`. The host looks at every name and value; here the
// text for it is put together, so that nothing that is planted on prototypes can be part of it.
import { RetryError, timeOfDate } from "./retry_error.js";

const { define, Error, hasOwn, isArray, keys, stringify, TypeError } = core.primordials;
const { checkArgument } = core;
const { call } = native;

function argumentError(called, message) {
  const error = new TypeError(`${called}: ${message}`);
  define(error, "code", called === "events" ? "events_argument" : "schedule_argument", true);
  return error;
}

// Undefined stands for nothing.
function dataText(called, data) {
  if (data === undefined) return undefined;
  checkArgument(called, data);
  const text = typeof data === "bigint" ? undefined : stringify(data);
  if (text === undefined) throw argumentError(called, `the data is no JSON: ${typeof data}`);
  return text;
}

function memberText(called, name, value) {
  if (name === "data") return dataText(called, value);
  const time = timeOfDate(value);
  const text = typeof value === "bigint" ? undefined : stringify(time ?? value);
  if (text === undefined) throw argumentError(called, `${name} cannot be a ${typeof value}`);
  return text;
}

// The members of an object but those in `without`, as JSON; a Date is its milliseconds.
function objectText(called, what, given, without) {
  if (given === null || typeof given !== "object") {
    throw argumentError(called, `${what} must be an object`);
  }
  let text = "";
  const names = keys(given);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = without !== undefined && name in without ? undefined : given[name];
    if (value === undefined) continue;
    text += `${text === "" ? "" : ","}${stringify(name)}:${memberText(called, name, value)}`;
  }
  return `{${text}}`;
}

function publicationText(event, data, options, without) {
  const name = typeof event === "string" ? stringify(event) : "null";
  const given = options === undefined ? "{}" : objectText("events", "the options", options, without);
  const text = dataText("events", data);
  return `[${name},${given}${text === undefined ? "" : `,${text}`}]`;
}

async function publish(event, data, options) {
  const receipt = await call("events.publish", `[${publicationText(event, data, options)}]`);
  // There only where it was not taken.
  if (!hasOwn(receipt, "message")) return receipt;
  const error = new Error(receipt.message);
  define(error, "code", receipt.status, true);
  if (hasOwn(receipt, "retryAfter")) define(error, "retryAfter", receipt.retryAfter, true);
  throw error;
}

const own = { __proto__: null, event: 1, data: 1 };

async function publishMany(publications) {
  if (!isArray(publications)) throw argumentError("events", "publishMany needs an array");
  let text = "";
  for (let i = 0; i < publications.length; i++) {
    const one = publications[i];
    if (one === null || typeof one !== "object") {
      throw argumentError("events", `publications[${i}] must be an object`);
    }
    text += (i === 0 ? "" : ",") + publicationText(one.event, one.data, one, own);
  }
  return call("events.publishMany", `[${text}]`);
}

function nameText(name) {
  return typeof name === "string" ? stringify(name) : "null";
}

sdkResult = {
  __proto__: null,
  publish,
  publishMany,
  async create(schedule) {
    return call("schedule.create", `[${objectText("schedule", "the schedule", schedule)}]`);
  },
  async update(name, changes) {
    const text = objectText("schedule", "the changes", changes);
    return call("schedule.update", `[${nameText(name)},${text}]`);
  },
  async named(called, name) {
    return call(called, `[${nameText(name)}]`);
  },
  async list() {
    return call("schedule.list", "[]");
  },
  RetryError,
};
