// EXPECT OK: an error of the host says what the host said, and no more
// SPDX-License-Identifier: Apache-2.0
try {
  await host.fail();
} catch (error) {
  if (!(error instanceof Error) || /\/|0x[0-9a-f]+|\.cc/.test(error.message + error.stack.replace(/extension\.js[^\n]*/g, ""))) throw new Error("tells " + error.stack);
}
