// EXPECT ANY: arguments of fifty megabytes, refused and caught
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 20; i++) {
  try {
    await host.print("g".repeat(50e6));
  } catch {}
}
