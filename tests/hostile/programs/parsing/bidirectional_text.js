// EXPECT ANY: marks that change how a line looks
// SPDX-License-Identifier: Apache-2.0
const admin = "user‮ ⁦// only admin⁩ ⁦";
void admin;
