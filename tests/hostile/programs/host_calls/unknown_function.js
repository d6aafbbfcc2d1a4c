// EXPECT EXCEPTION: a function that there is not
// SPDX-License-Identifier: Apache-2.0
await host.no.such.name();
