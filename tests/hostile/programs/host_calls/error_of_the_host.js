// EXPECT EXCEPTION: an error of the host, not caught
// SPDX-License-Identifier: Apache-2.0
await host.fail();
