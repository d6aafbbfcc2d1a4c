// EXPECT EXCEPTION: the network
// SPDX-License-Identifier: Apache-2.0
await fetch("http://127.0.0.1:80/");
