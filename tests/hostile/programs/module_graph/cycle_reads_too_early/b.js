import { a } from "./extension.js";
export const b = a + 1;
