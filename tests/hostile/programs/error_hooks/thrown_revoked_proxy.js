// EXPECT ANY: what is thrown is a revoked proxy
// SPDX-License-Identifier: Apache-2.0
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
throw proxy;
