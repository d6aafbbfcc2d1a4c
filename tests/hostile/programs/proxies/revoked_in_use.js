// EXPECT EXCEPTION: revoked while it is used
// SPDX-License-Identifier: Apache-2.0
const { proxy, revoke } = Proxy.revocable({}, { get: (t, key) => (revoke(), proxy[key]) });
proxy.x;
