// EXPECT CONTAINED: one call after the other, errors caught
// SPDX-License-Identifier: Apache-2.0
for (;;) await host.echo(1).catch(() => {});
