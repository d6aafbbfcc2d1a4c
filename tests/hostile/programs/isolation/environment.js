// EXPECT OK: no environment, arguments or files
// SPDX-License-Identifier: Apache-2.0
for (const name of ["process", "require", "module", "exports", "__dirname", "__filename", "Buffer", "global", "Deno", "Bun", "os", "std", "readFile", "XMLHttpRequest", "WebSocket", "localStorage", "indexedDB", "caches", "navigator", "location", "document"]) {
  if (globalThis[name] !== undefined) throw new Error(name);
}
