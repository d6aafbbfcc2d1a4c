// EXPECT OK: what was logged cannot be read again
// SPDX-License-Identifier: Apache-2.0
log("secret of " + event.id);
for (const key of Reflect.ownKeys(log)) if (JSON.stringify(log[key])?.includes("secret")) throw new Error(String(key));
