// EXPECT ANY: the handler is a class
// SPDX-License-Identifier: Apache-2.0
export class run { constructor() { for (;;); } }
