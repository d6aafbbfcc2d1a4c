// EXPECT ANY: combining marks in the wrong order, by hundreds of thousands (NFKD)
// SPDX-License-Identifier: Apache-2.0
const marks = "o" + "\u0316".repeat(1e5) + "\u0301\u0323".repeat(1e5);
globalThis.handler = () => marks.normalize("NFKD").length;
