// EXPECT ANY: all globals are deleted
// SPDX-License-Identifier: Apache-2.0
for (const key of Reflect.ownKeys(globalThis)) try { delete globalThis[key]; } catch {}
return 1;
