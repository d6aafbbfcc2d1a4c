// EXPECT CONTAINED: one asynchronous call after the other, errors caught
// SPDX-License-Identifier: Apache-2.0
for (;;) {
  try {
    await host.later();
  } catch {}
}
