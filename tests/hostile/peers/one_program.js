// SPDX-License-Identifier: Apache-2.0
// Runs one hostile program by one of the ways that Node.js has: node one_program.js WAY FILE LIMIT-MS.
// Says { ready } before, { outcome } after; whoever started it judges what it does not say.
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import vm from "node:vm";

const [way, file, limit] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const MEGABYTES = 32;

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const text = readFileSync(file, "utf8");

// What a program finds under Sublet, as far as it can be had without a host.
const surroundings = `
const nothing = () => Promise.resolve(null);
const print = nothing;
const host = new Proxy(() => {}, { get: () => host, apply: nothing });
const log = () => {};
const limits = { remaining: () => ({ cpuMs: 1, wallMs: 1 }), signal: { addEventListener() {} } };
const event = { id: "1", name: "run", data: null, tenant: "hostile-1", attempt: 1 };
`;
const body = `(async function () {
"use strict";${surroundings}
await (async function () {
${text}
}).call(globalThis);
}).call(globalThis).then(() => (typeof globalThis.handler === "function" ? globalThis.handler() : undefined))`;

const kind = (error) =>
  /time(d)? ?out/i.test(String(error?.message)) ? "exceeded_time"
  : /memory|disposed/i.test(String(error?.message)) ? "exceeded_memory"
  : "exception";

// A context of this isolate: its time is limited, its memory is that of the process.
async function inContext() {
  const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
  const options = { timeout: limit };
  vm.runInContext(`globalThis.answer = ${body}`, context, options);
  vm.runInContext("answer.then(JSON.stringify).catch(() => (globalThis.failed = true))", context, options);
  return vm.runInContext("globalThis.failed === true", context, options) ? "exception" : "ok";
}

// A thread with an isolate of its own and limits of memory, ended from outside.
function inWorker() {
  const code = `require("node:worker_threads").parentPort.postMessage("begun");
${body}.then((value) => require("node:worker_threads").parentPort.postMessage(JSON.stringify(value) ?? "undefined"));`;
  return new Promise((resolve) => {
    const worker = new Worker(code, {
      eval: true,
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MEGABYTES, maxYoungGenerationSizeMb: 8 },
    });
    let alarm;
    let ended = false;
    const end = async (outcome) => {
      if (ended) return;
      ended = true;
      clearTimeout(alarm);
      await worker.terminate();
      resolve(outcome);
    };
    worker.on("message", (message) => {
      if (message === "begun") alarm = setTimeout(() => end("exceeded_time"), limit);
      else end("ok");
    });
    worker.on("error", (error) => end(error?.code === "ERR_WORKER_OUT_OF_MEMORY" ? "exceeded_memory" : "exception"));
    worker.on("exit", () => end("exception"));
  });
}

// An isolate of the package isolated-vm.
async function inIsolate() {
  const { default: ivm } = await import("isolated-vm");
  const given_up = new Promise((resolve, reject) => {
    globalThis.giveUp = () => reject(new Error("memory: the isolate is given up"));
  });
  const isolate = new ivm.Isolate({ memoryLimit: MEGABYTES, onCatastrophicError: () => globalThis.giveUp() });
  const context = await isolate.createContext();
  const answer = context.eval(`${body}.then((value) => JSON.stringify(value))`,
    { timeout: limit, promise: true, copy: true });
  await Promise.race([answer, given_up]);
  return "ok";
}

const ways = { vm: inContext, worker_threads: inWorker, isolated_vm: inIsolate };

if (way === "isolated_vm") await import("isolated-vm");
process.on("unhandledRejection", () => {});
say({ ready: true });
let outcome;
try {
  // What awaits for ever is no answer either; an isolate or a thread that does so blocks nobody.
  outcome = await Promise.race([
    ways[way](),
    new Promise((resolve) => setTimeout(() => resolve("exceeded_time"), limit + 100, "").unref?.()),
  ]);
} catch (error) {
  outcome = kind(error);
}
say({ outcome });
process.exit(0);
