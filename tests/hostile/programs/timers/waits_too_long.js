// EXPECT CONTAINED: waits for longer than allowed
// SPDX-License-Identifier: Apache-2.0
await new Promise((resolve) => setTimeout(resolve, 3_600_000));
