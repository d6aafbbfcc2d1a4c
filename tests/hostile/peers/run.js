// SPDX-License-Identifier: Apache-2.0
// The hostile programs by the ways that Node.js has to run code that is not trusted:
//   node run.js WAY FOLDER... > lines.jsonl      WAY: vm, worker_threads or isolated_vm
// Each program runs in a process of its own, which is ended when it does not answer.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const LIMIT_MS = 500;
const PATIENCE_MS = 2500; // beyond the limit: stuck
const PAGE = 4096;

const [way, ...folders] = process.argv.slice(2);
const one = path.join(path.dirname(fileURLToPath(import.meta.url)), "one_program.js");

function* programs(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  // A bundle of modules is no text that these could be given.
  if (entries.some((entry) => entry.name === "extension.json")) return;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* programs(at);
    else if (entry.name.endsWith(".js")) yield at;
  }
}

const residentMegabytes = (pid) => {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE) / 2 ** 20;
  } catch {
    return 0;
  }
};

function run(file) {
  return new Promise((resolve) => {
    const end = new AbortController();
    const child = spawn(process.execPath, ["--no-node-snapshot", one, way, file, String(LIMIT_MS)], {
      stdio: ["ignore", "pipe", "ignore"],
      env: {},
      signal: end.signal,
    });
    child.on("error", () => {});
    let said = "";
    let began = 0;
    let before = 0;
    let peak = 0;
    let stuck = false;
    const sampler = setInterval(() => (peak = Math.max(peak, residentMegabytes(child.pid))), 10);
    let alarm;
    child.stdout.on("data", (data) => {
      said += data;
      if (began === 0 && said.includes("ready")) {
        began = performance.now();
        before = residentMegabytes(child.pid);
        alarm = setTimeout(() => ((stuck = true), end.abort()), LIMIT_MS + PATIENCE_MS);
      }
    });
    child.on("close", (code, signal) => {
      clearInterval(sampler);
      clearTimeout(alarm);
      const outcome = /"outcome":"(\w+)"/.exec(said)?.[1];
      resolve({
        program: path.join(path.basename(path.dirname(file)), path.basename(file, ".js")),
        way,
        result: stuck ? "stuck" : outcome ? "contained" : "died",
        outcome: outcome ?? (stuck ? "stuck" : `died: ${signal ?? code}`),
        ms: Math.round(performance.now() - began),
        growth_mb: Math.round(Math.max(0, peak - before)),
      });
    });
  });
}

for (const folder of folders) {
  for (const file of programs(folder)) console.log(JSON.stringify(await run(file)));
}
