// EXPECT ANY: a rejection whose reason loops when described
// SPDX-License-Identifier: Apache-2.0
Promise.reject({ get message() { for (;;); }, get stack() { for (;;); }, toString() { for (;;); } });
await null;
