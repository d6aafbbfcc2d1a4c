// EXPECT CONTAINED: native frames between frames of the program
// SPDX-License-Identifier: Apache-2.0
JSON.stringify({ get x() { return [2, 1].sort(() => new Proxy({}, { get() { "a".replace(/a/, () => { for (;;); }); } }).y); } });
