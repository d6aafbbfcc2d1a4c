// EXPECT CONTAINED: waits for an answer that never comes
// SPDX-License-Identifier: Apache-2.0
await host.never();
