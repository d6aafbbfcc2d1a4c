// EXPECT EXCEPTION: what is planted on prototypes gets no request through
// SPDX-License-Identifier: Apache-2.0
Object.prototype.then = Object.prototype.toJSON = () => [{ url: "http://127.0.0.1/" }];
Object.prototype.nonce = "0".repeat(32);
Array.prototype[Symbol.iterator] = function* () { yield "http://127.0.0.1/"; };
const answer = await fetch("https://a.test/");
delete Object.prototype.then;
throw new Error(answer.url);
