// SPDX-License-Identifier: Apache-2.0
const { Promise } = core.primordials;

async function settle(start, resolve, reject, node) {
  try {
    resolve(await start());
  } catch (error) {
    reject(error);
  }
  node.run = undefined;
}

// What start() answers a promise of; with a signal that aborts before, the signal's reason. The
// host is not told: its answer is dropped.
export async function unlessAborted(signal, start) {
  if (signal === undefined) return await start();
  const { isAborted, onAbort, reasonOf } = core.load("dom").internals;
  if (isAborted(signal)) throw reasonOf(signal);
  return await new Promise((resolve, reject) => {
    const node = onAbort(signal, () => reject(reasonOf(signal)));
    settle(start, resolve, reject, node);
  });
}
