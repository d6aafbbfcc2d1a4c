// EXPECT OK: host calls after the answer are dropped
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => {
  setTimeout(() => host.print("late"), 3);
  host.never().catch(() => {});
  return "answered";
};
